/** Merged states as facts of a column, and what they show about how it was read. */
import { describe, expect, it } from 'vitest'
import { exactFacts, findingOf, type Measured } from '#data/survey/assemble.ts'
import { aPlan } from '../../kit/column-plans.ts'

const measured = (changes: Partial<Measured>): Measured => ({ plan: aPlan(), rows: 10, states: {}, values: null, ...changes })
const nothing = () => null

describe('facts', () => {
  it('of a column without states are those of nothing measured', () => {
    expect(exactFacts(measured({}), nothing)).toMatchObject({
      name: 'c',
      type: 'text',
      rows: 10,
      missing: 0,
      invalid: 0,
      doubtful: 0,
      effects: {},
      values: null,
    })
  })

  it('keep what the cells probably are', () => {
    const probably = { type: 'integer', few: 3 } as never
    expect(exactFacts(measured({ plan: aPlan({ probably }) }), nothing).probably).toBe(probably)
    expect(exactFacts(measured({}), nothing)).not.toHaveProperty('probably')
  })

  it('list the values of a dictionary column, the most frequent first, without the cells that hold none', () => {
    const values = [
      ['b', 2],
      [null, 9],
      ['z', 3],
      ['a', 2],
    ] as const
    expect(exactFacts(measured({ plan: aPlan({ dictionary: true }), values }), nothing).values).toEqual([
      ['z', 3],
      ['a', 2],
      ['b', 2],
    ])
    expect(exactFacts(measured({ plan: aPlan({ dictionary: true }), values: null }), nothing).values).toBeNull()
  })

  it('mean by their type or name what comes with a type, where any cell is there', () => {
    const semantic = (name: string, type: 'date' | 'timestamp' | 'integer' | 'text', more: Partial<Measured> = {}) => {
      const states = { extremes: { minimum: 1990, maximum: 2020 } }
      return exactFacts(measured({ plan: aPlan({ name, type, from_text: false }), states, ...more }), nothing).semantic
    }
    expect(semantic('c', 'date')).toBe('date')
    expect(semantic('c', 'timestamp')).toBe('timestamp')
    expect(semantic('c', 'integer')).toBeNull()
    expect(semantic('year', 'integer')).toBe('year')
    // nothing is known of a column without cells, and of text it was inferred
    expect(semantic('c', 'date', { states: { missing: { count: 10 } } })).toBeNull()
    expect(exactFacts(measured({ plan: aPlan({ type: 'date' }) }), nothing).semantic).toBeNull()
    expect(exactFacts(measured({ plan: aPlan({ type: 'date', semantic: 'birthday' }) }), nothing).semantic).toBe('birthday')
  })

  it('have an example of each effect, before and after', () => {
    const states = { effects: { whitespace: { cells: 2, first: ' x' }, null_values: { cells: 0, first: null } } }
    expect(exactFacts(measured({ states }), (rule, before) => `${rule}:${before.trim()}`).effects).toEqual({
      whitespace: { cells: 2, example: { before: ' x', after: 'whitespace:x' } },
      null_values: { cells: 0, example: null },
    })
  })
})

describe('a finding', () => {
  const of = (values: Measured['values'], plan = aPlan({ dictionary: true }), more: Partial<Measured> = {}) =>
    findingOf(measured({ plan, values, ...more }))

  it('counts the cells that are there', () => {
    expect(of([['a', 10]], aPlan({ dictionary: true }), { states: { missing: { count: 4 } } }).present).toBe(6)
  })

  it('reports a list that became too long, for dictionary columns only', () => {
    expect(of(null).overflow).toBe(true)
    expect(of([]).overflow).toBe(false)
    expect(of(null, aPlan({ dictionary: false })).overflow).toBe(false)
  })

  it('reports padded values, null values, and values that differ in case', () => {
    const traits = (values: Measured['values'], plan?: Measured['plan']) => {
      const { padded, worded, folded } = of(values, plan)
      return { padded, worded, folded }
    }
    expect(
      traits([
        ['a', 1],
        ['b', 1],
        [null, 1],
      ]),
    ).toEqual({ padded: false, worded: false, folded: false })
    expect(traits([['a\t', 1]])).toEqual({ padded: true, worded: false, folded: false })
    expect(traits([[' a', 1]])).toEqual({ padded: true, worded: false, folded: false })
    expect(traits([['N/A', 1]])).toEqual({ padded: false, worded: true, folded: false })
    expect(traits([[' N/A ', 1]])).toEqual({ padded: true, worded: true, folded: false })
    expect(
      traits([
        ['a', 1],
        ['A', 1],
      ]),
    ).toEqual({ padded: false, worded: false, folded: false })
    // words for nothing are no values that could differ
    expect(
      traits([
        ['N/A', 1],
        ['n/a', 1],
      ]),
    ).toEqual({ padded: false, worded: true, folded: false })
    expect(
      traits(
        [
          [' a', 1],
          ['N/A', 1],
          ['A', 1],
          ['a', 1],
        ],
        aPlan(),
      ),
    ).toEqual({ padded: false, worded: false, folded: false })
  })

  it('reports a third boolean value that occurs more than once', () => {
    const booleans = aPlan({ type: 'boolean', dictionary: true })
    const repeated = (values: Measured['values'], plan = booleans) => of(values, plan).repeated
    expect(repeated([['maybe', 2]])).toBe(true)
    expect(
      repeated([
        ['maybe', 1],
        ['perhaps', 1],
      ]),
    ).toBe(false)
    expect(
      repeated([
        ['yes', 5],
        [' No ', 5],
        [null, 5],
        ['N/A', 5],
        [' N/A', 5],
      ]),
    ).toBe(false)
    expect(repeated([['maybe', 2]], aPlan({ dictionary: true }))).toBe(false)
    expect(repeated(null)).toBe(false)
  })

  it('hands on what is not of the type', () => {
    const wide = { cells: 2, fractional: 2, powers: 0, lossy: 0, whole: 1, scale: 1 }
    const states = { invalid: { count: 3, coded: 1, first: '1.5', wide } }
    expect(of(null, aPlan({ type: 'integer' }), { states })).toMatchObject({ invalid: 3, wide, coded: 1, first: '1.5' })
  })
})
