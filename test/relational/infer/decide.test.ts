import { describe, expect, it } from 'vitest'
import { decide, type Wishes } from '#relational/infer/decide.ts'
import { evidenceOf } from '#relational/infer/evidence.ts'
import { NULL_VALUES } from '#relational/cells/null-values.ts'
import { nullValuesOf } from '#relational/cells/reading.ts'

const plan = (name: string, cells: readonly string[], wishes: Partial<Wishes> = {}) =>
  decide(name, evidenceOf(cells, new Set(wishes.null_values ?? NULL_VALUES)), { date_order: 'auto', ...wishes })
const many = (count: number, of: (at: number) => string) => Array.from({ length: count }, (_, at) => of(at))
const typeOf = (cells: readonly string[], name = 'c') => plan(name, cells).type

describe('yes and no', () => {
  it.each([
    { cells: ['yes', 'no', 'yes', ''], type: 'boolean' },
    { cells: ['Y', 'N', 'true', 'false', 'yes', 'no'], type: 'boolean' },
    { cells: ['TRUE', '', 'TRUE'], type: 'boolean' },
    { cells: ['yes', '', 'NA'], type: 'boolean' },
    { cells: ['F', 'F', 'F'], type: 'text' },
    { cells: ['F', 'M', 'F'], type: 'text' },
    { cells: ['N', 'N'], type: 'text' },
    { cells: ['NO', 'no'], type: 'text' },
    { cells: ['ON', 'ON'], type: 'text' },
    { cells: ['T', 'N', 'F'], type: 'text' },
    { cells: ['Y', '', 'Y'], type: 'text' },
  ])('are distinguished from codes: $cells is $type', ({ cells, type }) => {
    expect(typeOf(cells)).toBe(type)
  })

  it('are not the only answers where a third is given again and again', () => {
    const answers = many(200, (at) => (at % 2 === 0 ? 'Yes' : 'No'))
    expect(typeOf([...answers, 'No answer', 'No answer'])).toBe('text')
    // a stray second header is an error in a column of yes and no
    expect(typeOf([...answers, 'Response'])).toBe('boolean')
  })
})

describe('numbers', () => {
  it.each([
    { name: 'c', cells: ['00060', '00062', '00015'], type: 'text' },
    { name: 'zip', cells: [...many(500, (at) => String(90001 + at)), '00501'], type: 'text' },
    { name: 'amount', cells: [...many(500, (at) => String(90001 + at)), '00501'], type: 'text' },
    { name: 'size', cells: [...many(500, (at) => `${at}.5`), '007.1'], type: 'text' },
    { name: 'item_code', cells: [...many(240, (at) => 'ABCDEFGH'.slice((at % 4) * 2, (at % 4) * 2 + 2)), '05', '2.5'], type: 'text' },
    { name: 'c', cells: many(30, (at) => `+44207946${1000 + at}`), type: 'text' },
    { name: 'phone', cells: many(30, (at) => `555010${1000 + at}`), type: 'text' },
    { name: 'c', cells: ['12345678901234567890', '2'], type: 'text' },
    { name: 'code', cells: ['12E3', '45E1', '7E22'], type: 'text' },
    { name: 'c', cells: ['1.5e3', '2e-5', '-1E+05'], type: 'decimal' },
    { name: 'house', cells: [...many(96, (at) => String(at)), '12A', '7B', '9C', '1D'], type: 'text' },
    { name: 'price', cells: [...many(199, (at) => `${at}.5`), 'tbd'], type: 'decimal' },
    { name: 'share', cells: ['12%', '7%'], type: 'text' },
    { name: 'c', cells: ['1', 'None', '3'], type: 'integer' },
  ])('$cells.0 … in $name is $type', ({ name, cells, type }) => {
    expect(typeOf(cells, name)).toBe(type)
  })

  it('in several currencies are not one number, unless the author says so', () => {
    const money = ['$1.50', 'EUR 3.20', '4']
    expect(plan('price', money)).toMatchObject({ type: 'text', doubts: [expect.stringContaining('holds amounts in $ and EUR')] })
    expect(plan('price', money, { type: 'decimal' }).notes).toEqual([
      '"price" holds amounts in $ and EUR; they are read as plain numbers, without the currency',
    ])
    expect(plan('price', ['$1.50', '$3', '4'])).toMatchObject({ type: 'decimal', notes: [] })
    expect(plan('price', ['€1.50', 'EUR 3.20']).type).toBe('decimal')
    expect(plan('price', ['$1.50', 'CAD 3.20', '4']).type).toBe('decimal')
    expect(plan('price', ['$1.50', 'CAD 3.20', 'USD 4.10']).type).toBe('text')
    expect(plan('amount', ['EUR 10', 'USD 20', 'JPY 3000']).type).toBe('text')
  })

  it.each([
    ['key', ['CAD-101', 'CAD-102']],
    ['course', ['CAD 101', 'ALL 7']],
    ['model', ['TOP10', 'TOP20']],
    ['version', ['1.1', '1.10', '3.10']],
    ['icd_code', ['250.0', '250.00']],
    ['hash', [...many(200, (at) => String(at)), '12E3']],
    ['c', ['1,2', '1,23', '1.23']],
  ])('are not read into the codes of %s', (name, cells) => {
    expect(typeOf(cells, name)).toBe('text')
  })

  it('that a 64-bit float does not hold are not rounded', () => {
    expect(typeOf(['31415926535897932.38', '1.5'])).toBe('text')
    expect(typeOf(['9007199254740993', '1.5'])).toBe('text')
    // what a float writes it also reads
    expect(typeOf(['0.30000000000000004', '52.370216000000006'])).toBe('decimal')
    expect(typeOf(['9007199254740993', '15'])).toBe('integer')
  })

  it('with decimals of several lengths are exact, and it is said', () => {
    expect(plan('weight', ['25.1', '25.10'])).toMatchObject({ type: 'decimal', notes: [expect.stringContaining('25.10')] })
  })
})

describe('meanings', () => {
  it.each([
    { name: 'month', cells: ['1', '12'], semantic: 'date_part' },
    { name: 'wind_dir', cells: ['10', '350'], semantic: 'direction' },
    { name: 'decade code', cells: ['1', '2'], semantic: 'code' },
    { name: 'tz', cells: ['-5', '8'], semantic: 'code' },
    { name: 'Long_', cells: ['-70.5', '151.2'], semantic: 'longitude' },
    { name: 'hours', cells: ['1', '12'], semantic: null },
    { name: 'phone', cells: many(30, (at) => `555010${1000 + at}`), semantic: 'phone' },
    { name: 'hotel', cells: many(30, (at) => `555010${1000 + at}`), semantic: null },
  ])('$name is $semantic', ({ name, cells, semantic }) => {
    expect(plan(name, cells).semantic).toBe(semantic)
  })
})

describe('words for nothing', () => {
  const words = (name: string, cells: readonly string[], wishes: Partial<Wishes> = {}) => nullValuesOf(plan(name, cells, wishes))
  const countries = many(60, (at) => `${'ABCDEF'[at % 6]}${'KLMNOP'[at % 5]}`)

  it('are not those people answer with, where the column is text', () => {
    expect(words('damage', ['None', 'Minor', 'None'])).not.toContain('None')
    expect(words('damage', ['None', 'Minor', 'None'])).toContain('N/A')
    expect(words('cost', ['None', '12', '13'])).toContain('None')
  })

  it('are not codes among codes: Namibia, the airport of Nadi', () => {
    const found = plan('country', [...countries, 'NA', '\\N'])
    expect(found).toMatchObject({ type: 'text', notes: [expect.stringContaining('"NA" is read as one of them')], worded: true })
    expect(nullValuesOf(found)).not.toContain('NA')
    expect(nullValuesOf(found)).toContain('\\N')
    expect(words('airport', [...countries.map((code) => `${code}X`), 'NAN'])).not.toContain('NAN')
    const continents = many(240, (at) => ['AF', 'AS', 'EU', 'NA', 'OC', 'SA'][at % 6] ?? '')
    expect(words('continent', continents)).not.toContain('NA')
    // other lengths, words among words, and what is too frequent for a code are nothing
    expect(words('airport', [...countries, 'NAN'])).toContain('NAN')
    expect(words('zone', [...many(60, (at) => `America/Town_${at}`), 'NA'])).toContain('NA')
    expect(words('country', [...countries, ...many(30, () => 'NA')])).toContain('NA')
  })

  it('are exactly those of the setting where there is one', () => {
    expect(words('c', ['a', 'none'], { null_values: ['none'] })).toEqual(['', 'none'])
  })
})

describe('the marks of numbers', () => {
  const numberOf = (cells: readonly string[], wishes: Partial<Wishes> = {}) => plan('v', cells, wishes).number

  it.each([
    [['1.234,56', '2.000,50'], { decimal: ',', grouping: '.', symbols: [] }],
    [["1'234.50", "12'000"], { decimal: '.', grouping: "'", symbols: [] }],
    [['1 234,50', '7,5'], { decimal: ',', grouping: ' ', symbols: [] }],
    [['₹1,23,456.00', '₹100.00'], { decimal: '.', grouping: ',', symbols: ['₹'], lakhs: true }],
    [['($1,234.50)', '$5.00', '(1,000)'], { decimal: '.', grouping: ',', symbols: ['$'] }],
    [['1,50 €', '-3,50 €'], { decimal: ',', grouping: '', symbols: ['€'] }],
    [['5-', '\u22123', '12'], { decimal: '.', grouping: '', symbols: [] }],
  ])('of %j are found', (cells, format) => {
    expect(numberOf(cells)).toEqual(format)
  })

  it('of an ambiguous column are those of the other columns', () => {
    const weights = ['1,250', '2,500', '950']
    expect(numberOf(weights, { locale: ',' })).toMatchObject({ decimal: ',', grouping: '' })
    expect(numberOf(weights, { locale: '.' })).toMatchObject({ decimal: '.', grouping: ',' })
    expect(plan('v', weights)).toMatchObject({ type: 'text', doubts: [expect.stringContaining('numbers like 1,234')] })
    expect(plan('v', ['1.250', '2.500'], { locale: ',' }).type).toBe('text')
    expect(plan('v', ['1.250', '2.500']).type).toBe('decimal')
    expect(plan('v', ['1.250', '2.500'], { semicolons: true }).type).toBe('text')
    expect(plan('v', ['1.250', '2.500'], { semicolons: true, locale: '.' }).type).toBe('decimal')
  })

  it('that contradict each other leave text, and it is said', () => {
    const mixed = ['1.234,56', '2.000,50', '3.000,25', '1,234.56', '12.5']
    expect(plan('v', mixed)).toMatchObject({ type: 'text', doubts: [expect.stringContaining('both decimal commas')] })
    const apart = { numbers: 'has decimal commas in de.csv and decimal points in us.csv' }
    expect(plan('v', ['1.234,56', '1.234'], { apart })).toMatchObject({ type: 'text', doubts: [expect.stringContaining('de.csv')] })
  })
})

describe('a column that is mostly of a type', () => {
  const numbers = many(98, (at) => `${at}.5`)

  it('stays text with more misfits than one in a hundred, and says what it probably is', () => {
    const { type, doubts } = plan('price', [...numbers, 'ca. 12', 'x'])
    expect(type).toBe('text')
    expect(doubts?.[0]).toContain('is probably a number: 2 of 100 cells (2.0 %) are not, e.g. "ca. 12"')
    expect(plan('price', [...numbers, ...numbers, 'ca. 12']).type).toBe('decimal')
    expect(plan('name', ['a', 'b', '1', '2.5']).doubts).toBeUndefined()
  })

  it('has placeholders where a word is repeated, unless it is a code', () => {
    const found = plan('price', [...numbers, ...many(5, () => 'unknown')])
    expect(found).toMatchObject({ type: 'decimal', worded: true, doubts: [expect.stringContaining('"unknown" (5 times)')] })
    expect(nullValuesOf(found)).toContain('unknown')
    expect(plan('size', [...numbers, ...many(5, () => 'XL')]).type).toBe('text')
    expect(plan('price', [...numbers, 'unknown', 'sold']).type).toBe('text')
  })
})

describe('dates', () => {
  it('with contradicting orders are text', () => {
    const both = ['13/01/2024', '01/13/2024', '02/03/2024']
    expect(plan('day', both)).toMatchObject({ type: 'text', doubts: [expect.stringContaining('mixes dates')] })
    expect(plan('day', both, { date_order: 'dmy' }).type).toBe('date')
    const apart = { dates: 'has the day first in uk.csv and the month first in us.csv' }
    expect(plan('day', both, { apart }).doubts?.[0]).toContain('uk.csv')
  })

  it('of one ambiguous form beside clear ones leave it out, and say so', () => {
    const days = many(200, (at) => `2024-01-${String((at % 28) + 1).padStart(2, '0')}`)
    expect(plan('day', [...days, '01/02/2024'])).toMatchObject({
      type: 'date',
      date: { formats: ['%Y-%m-%d'] },
      doubts: [expect.stringContaining('1 ambiguous date')],
    })
  })

  it('with and without a time zone, and with years of two digits, are said', () => {
    expect(plan('at', ['2024-01-01 10:00:00', '2024-01-01T10:00:00+02:00']).doubts?.[0]).toContain('with a time zone (1) and without (1)')
    expect(plan('birth date', ['13/01/55', '14/02/61']).doubts?.[0]).toContain('1969 to 2068')
  })

  it('that are in no calendar are none', () => {
    const dates = ['11/03/2011', '20/10/2011', '03/05/2011', '04/08/2011', '31/02/2011', '2011-02-30']
    expect(plan('date', dates)).toMatchObject({ type: 'text', doubts: [expect.stringMatching(/probably a date: 2 of 6 .*31\/02\/2011/)] })
    expect(typeOf(['1001-10-12', '1002-11-10'], 'part')).toBe('text')
    expect(typeOf(['2024-01-31', '9999-12-31'], 'until')).toBe('date')
  })

  it('need a header that speaks of days where they look like codes', () => {
    expect(typeOf(['10.13.14', '10.11.12'], 'cpa')).toBe('text')
    expect(typeOf(['13.10.14', '10.11.12'], 'part')).toBe('text')
    expect(typeOf(['13.10.14', '10.11.12'], 'Datum')).toBe('date')
  })
})

describe('answers in other languages', () => {
  it.each([
    [['ja', 'nein', 'Ja'], 'aktiv'],
    [['oui', 'non', ''], 'actif'],
    [['sì', 'no'], 'attivo'],
    [['sí', 'no', 'Sí'], 'activo'],
    [['TAK', 'NIE'], 'aktywny'],
    [['да', 'нет'], 'активен'],
    [['j', 'n'], 'aktiv'],
  ])('%j are read as booleans, and it is said', (cells, name) => {
    expect(plan(name, cells)).toMatchObject({ type: 'boolean', notes: [expect.stringContaining('is read as true and')] })
    expect(plan(name, cells, { type: 'text' }).type).toBe('text')
  })

  it.each([
    [['NO', 'SE', 'DK', 'NO', 'SE', 'DK'], 'origin'],
    [['NO', 'SI'], 'country'],
    [['ja', 'ja'], 'aktiv'],
    [['ja', 'nein', 'vielleicht', 'vielleicht'], 'aktiv'],
    [['ne', 'nw', 'ne', 'nw'], 'dir'],
  ])('%j stay text', (cells, name) => {
    expect(typeOf(cells, name)).toBe('text')
  })
})

describe('what spreadsheets leave', () => {
  it('are errors, which are no values, and it is said', () => {
    const found = plan('price', ['1.5', '#DIV/0!', '2.5', '#REF!', '####'])
    expect(found).toMatchObject({ type: 'decimal', worded: true, doubts: [expect.stringContaining('"#DIV/0!" (1 cell)')] })
    expect(nullValuesOf(found)).toEqual(expect.arrayContaining(['#DIV/0!', '#REF!', '####', 'N/A']))
    expect(nullValuesOf(plan('price', ['1.5', '#DIV/0!'], { null_values: ['x'] }))).toEqual(['', 'x'])
    expect(nullValuesOf(plan('price', ['1.5', '2']))).not.toContain('#DIV/0!')
  })

  it('are texts in formulas', () => {
    expect(plan('zip', ['="0002"', '="0013"', '12'])).toMatchObject({
      type: 'text',
      formula_texts: true,
      notes: [expect.stringContaining('2 texts written as a formula')],
    })
    expect(plan('zip', ['="0002"'], { type: 'text' }).formula_texts).toBe(undefined)
  })

  it('are serial dates, which a setting reads', () => {
    const days = ['44197', '44198', '44561']
    expect(plan('order date', days)).toMatchObject({ type: 'integer', doubts: [expect.stringContaining('from 44197 to 44561')] })
    expect(plan('order date', days, { type: 'date' }).date).toEqual({ to: 'date', formats: ['serial'] })
    expect(plan('orders', days).doubts).toBe(undefined)
    expect(plan('updated', days).doubts).toBe(undefined)
    expect(plan('date', ['1', '2', '3']).doubts).toBe(undefined)
  })
})
