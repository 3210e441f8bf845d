/** Partials of batches become one of each source; lists of values stay lists up to a bound. */
import { describe, expect, it } from 'vitest'
import { mergePartials, mergeStates } from '#data/survey/merge.ts'
import { type ColumnPartial, MAX_VALUES, mergeValues } from '#data/survey/partial.ts'

const partial = (source: number, rows: number, columns: Record<string, ColumnPartial>) => ({ source, rows, columns })

describe('lists of values', () => {
  it('add up value by value, and cells without a value', () => {
    const both = mergeValues(
      [
        ['a', 1],
        [null, 2],
      ],
      [
        ['b', 3],
        ['a', 4],
        [null, 5],
      ],
    )
    expect(both).toEqual([
      ['a', 5],
      [null, 7],
      ['b', 3],
    ])
  })

  it('become unknown when one is, or when there are too many values', () => {
    const values = (count: number, name: string) => Array.from({ length: count }, (_, at): [string, number] => [`${name}${at}`, 1])
    expect(mergeValues(null, [['a', 1]])).toBeNull()
    expect(mergeValues([['a', 1]], null)).toBeNull()
    expect(mergeValues(values(MAX_VALUES - 1, 'a'), [['one', 1]])).toHaveLength(MAX_VALUES)
    expect(mergeValues(values(MAX_VALUES, 'a'), [['one', 1]])).toBeNull()
    expect(mergeValues(values(MAX_VALUES, 'a'), values(MAX_VALUES, 'a'))).toHaveLength(MAX_VALUES)
  })
})

describe('states', () => {
  it('are merged measure by measure, and those of one side kept', () => {
    const missing = (count: number) => ({ missing: { count } })
    expect(mergeStates(missing(2), missing(3))).toEqual(missing(5))
    expect(mergeStates(missing(2), {})).toEqual(missing(2))
    expect(mergeStates({}, missing(3))).toEqual(missing(3))
    expect(mergeStates({}, {})).toEqual({})
  })
})

describe('partials', () => {
  it('are one for each source, in the order of the sources, whatever the order they first came in', () => {
    const merged = mergePartials([
      { sources: [partial(1, 4, { a: { values: [['x', 4]] } })] },
      {
        sources: [
          partial(0, 1, { a: { values: [['y', 1]] } }),
          partial(1, 2, {
            a: {
              values: [
                ['x', 1],
                ['z', 1],
              ],
            },
            b: { states: { missing: { count: 2 } } },
          }),
        ],
      },
    ])
    expect(merged).toEqual([
      partial(0, 1, { a: { values: [['y', 1]] } }),
      partial(1, 6, {
        a: {
          values: [
            ['x', 5],
            ['z', 1],
          ],
        },
        b: { states: { missing: { count: 2 } } },
      }),
    ])
  })

  it('of a column that was listed in one batch and measured in another are refused', () => {
    const one = { sources: [partial(0, 1, { a: { values: [] } })] }
    const other = { sources: [partial(0, 1, { a: { states: {} } })] }
    expect(() => mergePartials([one, other])).toThrow('a column was measured in two ways in the same survey')
    expect(() => mergePartials([other, one])).toThrow('a column was measured in two ways in the same survey')
  })
})
