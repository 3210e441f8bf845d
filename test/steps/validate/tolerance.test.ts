/** A rule with a tolerance is broken by more rows than it allows, counted of all rows that reach the step. */
import { describe, expect, it } from 'vitest'
import { validateBehaviour } from '#steps/validate/behaviour.ts'

function failing(rows: number, of: number, tolerance: number, when?: string): readonly string[] {
  const rule = { rule_type: 'range', rule_id: 'r', column: 'v', max: 1, tolerance, ...(when === undefined ? {} : { when }) }
  const output = validateBehaviour.summarize(
    { rules: [rule] },
    {
      step: 'check',
      rows_in: of,
      rows_out: of,
      quarantined: 0,
      deduplicated: 0,
      filtered: 0,
      counts: [{ rule: 'r', column: 'v', cells: 0, rows, fate: 'keep', reason: '', sources: 1 }],
      rows_found: new Map([['r', rows]]),
      examples: new Map(),
      evaluated: [],
      decisions: [],
      columns_before: [],
      columns_after: [],
    },
  )
  return output.failing ?? []
}

describe('a tolerance', () => {
  it.each([
    [29, 100, 0.29],
    [57, 100, 0.57],
    [7, 1000, 0.007],
    [3, 30, 0.1],
    [0, 0, 0],
    [5, 5, 1],
  ])('of which %i of %i are exactly %f is kept, and one row more breaks it', (rows, of, tolerance) => {
    expect(failing(rows, of, tolerance)).toEqual([])
    expect(failing(rows + 1, of, tolerance)).toEqual(['r'])
  })

  it('is of all rows, also of those a condition leaves out', () => {
    expect(failing(10, 100, 0.1, "kind = 'a'")).toEqual([])
    expect(failing(11, 100, 0.1, "kind = 'a'")).toEqual(['r'])
  })
})

describe('a quality rule', () => {
  it('passes if the figure equals the limit except for its last digits', () => {
    const figures = {
      rows: 10,
      quality_score: 1,
      completeness: 1 - 0.9,
      validity: 1,
      uniqueness: 1,
      consistency: 1,
      latest: {},
      started_at: '',
    }
    const holds = (min: number) =>
      validateBehaviour
        .evaluate?.({ rules: [{ rule_type: 'quality_score', metric: 'completeness', min }] }, figures)
        .map(({ result }) => result.passed)
    expect(figures.completeness).toBeLessThan(0.1)
    expect(holds(0.1)).toEqual([true])
    expect(holds(0.100001)).toEqual([false])
  })
})
