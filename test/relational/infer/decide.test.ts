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
    { name: 'amount', cells: [...many(500, (at) => String(90001 + at)), '00501'], type: 'integer' },
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

  it('lose their currency only with a note when there are several', () => {
    expect(plan('price', ['$1.50', 'EUR 3.20', '4']).notes).toEqual([
      '"price" holds amounts in $ and EUR; they are read as plain numbers, without the currency',
    ])
    expect(plan('price', ['$1.50', '$3', '4']).notes).toEqual([])
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
    // other lengths, words among words, and what is too frequent for a code are nothing
    expect(words('airport', [...countries, 'NAN'])).toContain('NAN')
    expect(words('zone', [...many(60, (at) => `America/Town_${at}`), 'NA'])).toContain('NA')
    expect(words('country', [...countries, ...many(30, () => 'NA')])).toContain('NA')
  })

  it('are exactly those of the setting where there is one', () => {
    expect(words('c', ['a', 'none'], { null_values: ['none'] })).toEqual(['', 'none'])
  })
})
