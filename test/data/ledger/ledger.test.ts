/** The ledger: its balance, and accounts that do not balance. */
import { describe, expect, it } from 'vitest'
import { segmentAccounts } from '#data/ledger/accounts.ts'
import { addRows, assertBalance, equation, isBalanced, NO_ROWS } from '#data/ledger/ledger.ts'
import type { Outcome } from '#data/pass/outcome.ts'
import { flagOf } from '../pass/fates.ts'

const account = { ...NO_ROWS, in: 10, out: 4, quarantined: 3, deduplicated: 2, filtered: 1 }

describe('an account', () => {
  it('is balanced when every row is in it once', () => {
    expect(isBalanced(account)).toBe(true)
    for (const field of ['in', 'out', 'quarantined', 'deduplicated', 'filtered', 'fan'] as const)
      expect(isBalanced({ ...account, [field]: account[field] + 1 })).toBe(false)
    expect(isBalanced(addRows(account, account))).toBe(true)
  })

  it('is an equation', () => {
    expect(equation(account)).toBe('10 in = 4 out + 3 quarantined + 2 duplicates + 1 filtered')
    expect(equation({ ...NO_ROWS, in: 1200, out: 1201, fan: 1 })).toBe('1,200 in + 1 gained = 1,201 out')
    expect(equation({ ...NO_ROWS, in: 3, out: 1, fan: -2 })).toBe('3 in = 1 out + 2 merged')
  })

  it('that does not add up says what, and by how much', () => {
    expect(() => assertBalance({ ...account, out: 3 }, 'step x')).toThrow(/^step x: the rows do not balance: .*\(1 missing\)/)
    expect(() => assertBalance({ ...account, out: 6 }, 'step x')).toThrow('(2 too many)')
    expect(() => assertBalance(account, 'step x')).not.toThrow()
  })
})

describe('the accounts of a segment', () => {
  const outcome = (counts: readonly (readonly number[])[], rows: readonly number[], rows_out: number): Outcome => ({
    sources: rows.map((own, source) => ({ source, rows: own })),
    rows_out,
    flags: (['keep', 'quarantine', 'deduplicate', 'filter'] as const).map((fate, at) => ({
      flag: { ...flagOf({ fate, about: 'row' }, at), origin: { step: at < 2 ? 'first' : 'second', rule: fate } },
      counts: counts[at] ?? [],
    })),
    found: [],
    chunks: [],
    cells: 0,
    missing: 0,
    typed_cells: 0,
    typed_missing: 0,
    part: null,
    rows_key: null,
    violations: [],
    latest: {},
  })

  it('take what each flag removed from the step that raised it', () => {
    const { rows, steps, sources } = segmentAccounts(
      [
        outcome(
          [
            [9, 9],
            [1, 2],
            [1, 0],
            [0, 1],
          ],
          [10, 10],
          15,
        ),
        outcome(
          [
            [0, 0],
            [0, 0],
            [0, 1],
            [0, 0],
          ],
          [0, 5],
          4,
        ),
      ],
      ['first', 'second'],
    )
    expect(rows).toEqual({ in: 25, out: 19, quarantined: 3, deduplicated: 2, filtered: 1, fan: 0 })
    expect(steps.map(({ rows: own }) => [own.in, own.out])).toEqual([
      [25, 22],
      [22, 19],
    ])
    expect(sources.get(1)).toEqual({ in: 15, out: 11, quarantined: 2, deduplicated: 1, filtered: 1, fan: 0 })
  })

  it('take what a step outside of the segment removed from the sources alone, and name every chunk', () => {
    const chunk = { source: 1, chunk: 3, in: 10, out: 6, quarantined: 1, deduplicated: 2, filtered: 1 }
    const { rows, steps, chunks } = segmentAccounts([{ ...outcome([[0], [1], [2], [1]], [10], 6), chunks: [chunk] }], ['second'])
    expect(rows).toEqual({ in: 10, out: 6, quarantined: 1, deduplicated: 2, filtered: 1, fan: 0 })
    expect(steps).toEqual([{ step: 'second', rows: { in: 10, out: 7, quarantined: 0, deduplicated: 2, filtered: 1, fan: 0 } }])
    const { source, chunk: number, ...own } = chunk
    expect(chunks).toEqual([{ source, chunk: number, rows: { ...own, fan: 0 } }])
  })

  it('count what was written from the files, so that a row that is lost shows', () => {
    const { rows } = segmentAccounts([outcome([[0], [1], [0], [0]], [10], 8)], ['first', 'second'])
    expect(isBalanced(rows)).toBe(false)
  })
})
