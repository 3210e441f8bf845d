/** What the survey changes of a plan that the sample had led astray. */
import { describe, expect, it } from 'vitest'
import { corrected, type Finding, isSettled } from '#data/survey/corrected-plan.ts'
import { NO_WIDE_NUMBERS, type WideNumbers } from '#relational/measures/counts.ts'
import { NULL_VALUES } from '#relational/cells/null-values.ts'
import { aPlan } from '../../kit/column-plans.ts'

const FINE: Finding = {
  invalid: 0,
  wide: NO_WIDE_NUMBERS,
  coded: 0,
  repeated: false,
  first: null,
  present: 1000,
  overflow: false,
  padded: false,
  worded: false,
  folded: false,
}
const found = (changes: Partial<Finding>): Finding => ({ ...FINE, ...changes })
const wide = (changes: Partial<WideNumbers>): WideNumbers => ({ ...NO_WIDE_NUMBERS, ...changes })
const wrong = (first: string, invalid = 900) => found({ first, invalid })

describe('a plan', () => {
  it('stays the same object where the survey found nothing wrong', () => {
    const plan = aPlan({ type: 'integer' })
    expect(corrected(plan, FINE)).toBe(plan)
    expect(isSettled([plan], [corrected(plan, FINE)])).toBe(true)
    expect(isSettled([plan, plan], [plan, { ...plan }])).toBe(false)
  })

  it('whose list of values is too long is measured cell by cell, and not looked at further', () => {
    const plan = aPlan({ type: 'integer', dictionary: true, folded: true, padded: true, sketched: true })
    expect(corrected(plan, found({ overflow: true, wide: wide({ cells: 3, fractional: 3 }), invalid: 3, first: '1.5' }))).toEqual({
      ...plan,
      dictionary: false,
      sketched: false,
      folded: false,
    })
  })

  it.each(['padded', 'worded', 'folded'] as const)('learns that its list of values is %s', (trait) => {
    const plan = aPlan({ dictionary: true })
    expect(corrected(plan, found({ [trait]: true }))).toEqual({ ...plan, [trait]: true })
    const known = aPlan({ dictionary: true, [trait]: true })
    expect(corrected(known, found({ [trait]: true }))).toBe(known)
    const unlisted = aPlan({ dictionary: false })
    expect(corrected(unlisted, found({ [trait]: true }))).toBe(unlisted)
    // what it was known to be, it stays
    const all = { padded: true, worded: true, folded: true }
    const others = { ...all, [trait]: false }
    expect(corrected(aPlan({ dictionary: true, ...others }), found({ [trait]: true }))).toMatchObject(all)
  })

  it('with a type set by the author keeps it', () => {
    const plan = aPlan({ type: 'integer', fixed: true })
    expect(corrected(plan, found({ wide: wide({ cells: 9, fractional: 9 }), invalid: 9, first: '1.5' }))).toBe(plan)
  })
})

describe('numbers', () => {
  const integer = aPlan({ type: 'integer', number: { decimal: '.', grouping: '', symbols: [] } })

  it('with a fraction are floats', () => {
    expect(corrected(integer, found({ wide: wide({ cells: 1, fractional: 1 }), invalid: 1, first: '1.5' }))).toEqual({
      ...integer,
      type: 'float',
    })
    expect(corrected(integer, found({ wide: wide({ cells: 1, fractional: 1 }), invalid: 1 }))).toBe(integer)
  })

  it('get the exact decimal that holds all their digits', () => {
    const type = (plan: typeof integer, changes: Partial<WideNumbers>) =>
      corrected(plan, found({ wide: wide({ cells: 1, fractional: 1, lossy: 1, ...changes }), invalid: 1, first: '1.50' })).type
    expect(type(integer, { whole: 1, scale: 2 })).toBe('decimal(15,2)')
    expect(type(integer, { whole: 19, scale: 2 })).toBe('decimal(38,2)')
    // integers beyond 64 bits are rather codes
    expect(type(integer, { whole: 20, fractional: 0 })).toBe('text')
    const float = { ...integer, type: 'float' } as const
    expect(type(float, { whole: 2, scale: 15 })).toBe('decimal(18,15)')
    expect(type(float, { whole: 2, scale: 37 })).toBe('text')
    expect(type(float, { powers: 1 })).toBe('text')
    const decimal = { ...integer, type: 'decimal(15,2)' } as const
    expect(type(decimal, { whole: 1, scale: 3 })).toBe('decimal(18,3)')
    expect(type(decimal, { whole: 14, scale: 2 })).toBe('decimal(18,2)')
    expect(type(decimal, { whole: 1, scale: 9, lossy: 0 })).toBe('float')
    expect(type(decimal, { powers: 1, lossy: 0 })).toBe('float')
    expect(type({ ...integer, type: 'decimal(38,2)' }, { powers: 1, lossy: 0 })).toBe('text')
  })

  it('learn a symbol and a grouping they did not know, keeping those they knew', () => {
    expect(corrected(integer, wrong('$5')).number).toEqual({ decimal: '.', grouping: '', symbols: ['$'] })
    expect(corrected(integer, wrong('1,234')).number).toEqual({ decimal: '.', grouping: ',', symbols: [] })
    const known = aPlan({ type: 'float', number: { decimal: '.', grouping: '', symbols: ['€'] } })
    // a second currency makes other numbers
    expect(corrected(known, wrong('$5', 3))).toBe(known)
    expect(corrected(known, wrong('$5')).type).toBe('text')
    expect(corrected(known, wrong('€5', 3))).toBe(known)
    const both = aPlan({ type: 'float', number: { decimal: '.', grouping: '', symbols: ['€', 'EUR'] } })
    expect(corrected(both, wrong('€1,005', 3)).number).toEqual({ decimal: '.', grouping: ',', symbols: ['€', 'EUR'] })
    expect(corrected(known, wrong('1,005', 3)).number).toEqual({ decimal: '.', grouping: ',', symbols: ['€'] })
    const commas = aPlan({ type: 'float', number: { decimal: ',', grouping: '', symbols: [] } })
    expect(corrected(commas, wrong('1.234.567', 3)).number?.grouping).toBe('.')
    // what may be a fraction is not taken for groups
    expect(corrected(commas, wrong('1.234', 3))).toBe(commas)
    const lakhs = aPlan({ type: 'integer', number: { decimal: '.', grouping: ',', symbols: [], lakhs: true } })
    expect(corrected(integer, wrong('12,34,567', 3)).number).toEqual({ ...lakhs.number })
    expect(corrected(lakhs, wrong('12,34,567', 3))).toBe(lakhs)
    const grouped = aPlan({ type: 'integer', number: { decimal: '.', grouping: ',', symbols: [] } })
    expect(corrected(grouped, wrong('12,34,567', 3)).number).toEqual({ ...lakhs.number })
    expect(corrected(lakhs, wrong('$12,345', 3)).number).toEqual({ ...lakhs.number, symbols: ['$'] })
  })

  it('are text if a digit of a single cell would be lost', () => {
    const text = corrected(integer, found({ invalid: 1, coded: 1, first: '007' }))
    expect(text).toMatchObject({ type: 'text', number: null, doubts: [expect.stringContaining('such as 007')] })
    expect(corrected({ ...integer, fixed: true }, found({ invalid: 1, coded: 1, first: '007' })).type).toBe('integer')
  })

  it('with a decimal comma do not become numbers with a point', () => {
    expect(corrected(integer, wrong('1,5', 3))).toBe(integer)
    expect(corrected(integer, wrong('1.234,5', 3))).toBe(integer)
  })
})

describe('dates', () => {
  const dates = (formats: readonly string[], to: 'date' | 'timestamp' = 'date') => aPlan({ type: to, semantic: to, date: { to, formats } })

  it('learn a format they did not know, behind the others', () => {
    expect(corrected(dates(['%Y-%m-%d']), wrong('2024/03/01'))).toEqual({
      ...dates(['%Y-%m-%d']),
      date: { to: 'date', formats: ['%Y-%m-%d', '%Y/%m/%d'] },
    })
    const known = dates(['%Y-%m-%d', '%Y/%m/%d'])
    expect(corrected(known, wrong('2024/13/01', 3))).toBe(known)
  })

  it('become moments with a format that has the time, and moments stay moments', () => {
    expect(corrected(dates(['%Y-%m-%d']), wrong('2024/03/01 10:30'))).toMatchObject({
      type: 'timestamp',
      semantic: 'timestamp',
      date: { to: 'timestamp' },
    })
    expect(corrected(dates(['%Y-%m-%d'], 'timestamp'), wrong('2024/03/01')).date?.to).toBe('timestamp')
  })

  it('learn dates in words of a language, unless the month has another meaning elsewhere or the column another language', () => {
    expect(corrected(dates(['%Y-%m-%d']), wrong('3rd of May 2021', 3)).date?.formats).toEqual(['%Y-%m-%d', 'words:en'])
    const known = dates(['%Y-%m-%d', 'words:en'])
    expect(corrected(known, wrong('4th of May 2021', 3))).toBe(known)
    const all = dates(['%Y-%m-%d', 'words:pl+'])
    expect(corrected(all, wrong('11 stycznia 2014', 3))).toBe(all)
    const iso = dates(['%Y-%m-%d'])
    expect(corrected(iso, wrong('11 listopada 2014', 3))).toBe(iso)
  })

  it('learn seconds and milliseconds since 1970 once', () => {
    const seconds = corrected(dates(['%Y-%m-%d']), wrong('1700000000'))
    expect(seconds).toMatchObject({ type: 'timestamp', date: { formats: ['%Y-%m-%d', 'epoch_s'] } })
    const both = corrected(seconds, wrong('1700000000000'))
    expect(both.date?.formats).toEqual(['%Y-%m-%d', 'epoch_s', 'epoch_ms'])
    expect(corrected(both, wrong('1700000000', 3))).toBe(both)
    expect(corrected(both, wrong('1700000000000', 3))).toBe(both)
  })

  it('put the day where the known formats put it, and are not guessed if the order is unknown', () => {
    expect(corrected(dates(['%d/%m/%Y']), wrong('03.04.2024')).date?.formats.at(-1)).toBe('%d.%m.%Y')
    expect(corrected(dates(['%m/%d/%Y']), wrong('03.04.2024')).date?.formats.at(-1)).toBe('%m.%d.%Y')
    const iso = dates(['%Y-%m-%d'])
    expect(corrected(iso, wrong('03/04/2024', 3))).toBe(iso)
  })
})

describe('a date with day and month in numbers', () => {
  const learned = (cell: string, ...formats: string[]) =>
    corrected(aPlan({ type: 'date', semantic: 'date', date: { to: 'date', formats } }), wrong(cell, 3)).date?.formats.at(-1)

  it.each([
    // more than 12 can only be the day
    ['04/13/2024', ['%Y-%m-%d'], '%m/%d/%Y'],
    ['13/04/2024', ['%Y-%m-%d'], '%d/%m/%Y'],
    ['04.13.2024 10:30', ['%Y-%m-%d'], '%m.%d.%Y %H:%M'],
    ['13-04-24', ['%Y-%m-%d'], '%d-%m-%y'],
    ['12/12/2024', ['%Y-%m-%d'], '%Y-%m-%d'],
    ['Feb 03, 2024', ['%Y-%m-%d'], '%b %d, %Y'],
    ['04/12/2024', ['%Y-%m-%d'], '%Y-%m-%d'],
    ['12/04/2024', ['%Y-%m-%d'], '%Y-%m-%d'],
    // as the known formats have it; the month first where both are known
    ['03.04.2024', ['%d/%m/%Y'], '%d.%m.%Y'],
    ['03.04.2024', ['%m/%d/%Y'], '%m.%d.%Y'],
    ['03.04.2024', ['%d/%m/%Y', '%m-%d-%Y'], '%m.%d.%Y'],
    // one format that says it is enough, whatever the others are
    ['03.04.2024', ['%Y-%m-%d', '%d/%m/%Y'], '%d.%m.%Y'],
    ['03.04.2024', ['%Y-%m-%d', '%m/%d/%Y'], '%m.%d.%Y'],
    ['03.04.2024', ['%d.%m.%Y', '%Y-%m-%d'], '%Y-%m-%d'],
  ])('%s in a column of %j is learned as %s', (cell, formats, expected) => {
    expect(learned(cell, ...formats)).toBe(expected)
  })
})

describe('a column with many cells of another type', () => {
  it('stays text, and a note says why', () => {
    const plan = aPlan({
      name: 'age',
      type: 'integer',
      semantic: 'year',
      notes: ['known'],
      number: { decimal: '.', grouping: '', symbols: [] },
    })
    const why =
      '"age" is probably a number: 200 of 1,000 cells (20.0 %) are not, e.g. "abc"; it stays text. To quarantine these rows and read the others, set types: {"age": integer} in the discover step'
    expect(corrected(plan, wrong('abc', 200))).toEqual({
      ...plan,
      type: 'text',
      semantic: null,
      number: null,
      date: null,
      otherwise: 'integer',
      probably: {
        ...{ type: 'integer', number: plan.number, date: null, null_values: [...NULL_VALUES] },
        ...{ unfit: 200, present: 1000, first: 'abc' },
      },
      notes: ['known', why],
      doubts: [why],
    })
  })

  it('keeps its type up to the share the sample allows', () => {
    const plan = aPlan({ type: 'boolean' })
    expect(corrected(plan, wrong('abc', 1))).toBe(plan)
    // a third answer that is given again and again is one
    expect(corrected(plan, found({ first: 'maybe', invalid: 1, repeated: true })).type).toBe('text')
    const integer = aPlan({ type: 'integer' })
    expect(corrected(integer, found({ first: 'abc', invalid: 1, repeated: true }))).toBe(integer)
  })
})
