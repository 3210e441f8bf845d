import { describe, expect, it } from 'vitest'
import { expectedCoincidences } from '#steps/clean/cleaners/coincidence.ts'
import { aColumn } from '../../data/report/reports.ts'

const few = (rows: number, values: readonly (readonly [string, number])[]) =>
  aColumn({ type: 'text', rows, missing: 0, values, distinct: { value: values.length, exact: true, error: 0 } })
/** A column of which the sample shows nothing often. */
const varied = (rows: number, distinct: number) =>
  aColumn({
    rows,
    missing: 0,
    distinct: { value: distinct, exact: true, error: 0 },
    sampled: { ...aColumn().sampled, cells: rows, top: [] },
  })

describe('coincidences', () => {
  it('are all pairs of a column with one value', () => {
    expect(expectedCoincidences({ rows: 5, columns: [few(5, [['a', 5]])] })).toBeCloseTo(10)
  })

  it('are the pairs there are in a single column', () => {
    expect(
      expectedCoincidences({
        rows: 6,
        columns: [
          few(6, [
            ['a', 3],
            ['b', 2],
            ['c', 1],
          ]),
        ],
      }),
    ).toBeCloseTo(4)
  })

  it('count missing cells as equal', () => {
    expect(expectedCoincidences({ rows: 6, columns: [few(6, [['a', 3]])] })).toBeCloseTo(6)
  })

  it('are none if a column identifies all rows', () => {
    expect(expectedCoincidences({ rows: 1000, columns: [few(1000, [['a', 1000]]), varied(1000, 1000)] })).toBe(0)
    expect(expectedCoincidences({ rows: 0, columns: [] })).toBe(0)
  })

  it('grow with the rows and shrink with the columns', () => {
    const sides = (rows: number) =>
      few(
        rows,
        Array.from({ length: 10 }, (_, at) => [`${at}`, rows / 10] as const),
      )
    const one = expectedCoincidences({ rows: 1000, columns: [sides(1000)] })
    expect(one).toBeGreaterThan(expectedCoincidences({ rows: 1000, columns: [sides(1000), sides(1000)] }) * 9)
    expect(expectedCoincidences({ rows: 2000, columns: [sides(2000)] })).toBeGreaterThan(one * 3.9)
  })
})
