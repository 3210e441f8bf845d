/** The second hash of a key: two rows have the same exactly where the survey takes their keys for the same. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { text } from '#relational/types/sql.ts'
import type { KeyMatch } from '#relational/operations/key-set.ts'
import { keyProof } from '#data/survey/key-proof.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

/** The proofs of rows of text, one column for each plan. */
async function proofs(
  plans: readonly ColumnPlan[],
  rows: readonly (readonly (string | null)[])[],
  type = 'VARCHAR',
  counted = {},
  match?: KeyMatch,
) {
  const cell = (value: string | null) => (value === null ? `NULL::${type}` : `${text(value)}::${type}`)
  const values = rows.map((row, at) => `(${at}, ${row.map(cell).join(', ')})`)
  const columns = plans.map((plan, at) => ({ plan, sql: `r${at}`, padded: true, worded: true, ...counted }))
  const found = await database.session.rows(
    `SELECT CAST(${keyProof(columns, match)} AS VARCHAR) AS proof FROM (VALUES ${values.join(', ')}) AS t(n, ${columns.map(({ sql }) => sql).join(', ')}) ORDER BY n`,
  )
  return found.map(({ proof }) => String(proof))
}

/** Which of the cells of one column have the proof of the first. */
async function likeFirst(plan: ColumnPlan, cells: readonly (string | null)[], type?: string, match?: KeyMatch) {
  const [first, ...others] = await proofs(
    [plan],
    cells.map((cell) => [cell]),
    type,
    {},
    match,
  )
  return others.map((one) => one === first)
}

describe('the second hash of a key', () => {
  it('is of 64 bits', async () => {
    const [one] = await proofs([aPlan()], [['a']])
    expect(BigInt(one ?? 0)).toBeGreaterThan(2n ** 40n)
    expect(BigInt(one ?? 0)).toBeLessThan(2n ** 64n)
  })

  it('distinguishes text as it is written, unless the key says otherwise', async () => {
    const cells = ['Ab', ' Ab\u00a0', 'ab', 'Ab c']
    expect(await likeFirst(aPlan(), cells)).toEqual([false, false, false])
    expect(await likeFirst(aPlan(), cells, 'VARCHAR', { trimmed: true })).toEqual([true, false, false])
    expect(await likeFirst(aPlan(), cells, 'VARCHAR', { trimmed: ['C'] })).toEqual([true, false, false])
    expect(await likeFirst(aPlan(), cells, 'VARCHAR', { folded: true })).toEqual([false, true, false])
    expect(await likeFirst(aPlan(), cells, 'VARCHAR', { folded: true, trimmed: true })).toEqual([true, true, false])
  })

  it('is the same where no cell was counted that has white space or means nothing', async () => {
    const plans = [aPlan({ null_values: ['', 'none'] }), aPlan({ dictionary: true, folded: true, null_values: ['', 'none'] })]
    const rows = [
      ['a', 'B'],
      ['', null],
      [null, ''],
      ['A b', 'b'],
    ]
    const all = await proofs(plans, rows)
    for (const counted of [{ padded: false }, { worded: false }, { padded: false, worded: false }])
      expect(await proofs(plans, rows, 'VARCHAR', counted)).toEqual(all)
  })

  it('takes the words that mean nothing in the column for nothing, and no others', async () => {
    expect(await likeFirst(aPlan({ null_values: ['', 'none', 'n.a'] }), [null, '', ' none ', 'n.a', 'nonsense', 'nxa', 'NONE'])).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })

  it('takes such a word as it is written, in either case only where the key does', async () => {
    const words = aPlan({ null_values: ['', 'Nil'] })
    const cells = [null, 'Nil', 'nil', 'NIL']
    expect(await likeFirst(words, cells)).toEqual([true, false, false])
    expect(await likeFirst(words, cells, 'VARCHAR', { folded: true } as never)).toEqual([true, true, true])
  })

  it.each(['\\', '^', '$', '.', '|', '?', '*', '+', '(', ')', '[', ']', '{', '}'])(
    'takes the sign %s in such a word for itself',
    async (sign) => {
      const words = aPlan({ null_values: ['', `a${sign}b`] })
      expect(await likeFirst(words, [null, `a${sign}b`, 'ab', 'axb', 'a', 'aab'])).toEqual([true, false, false, false, false])
    },
  )

  it('takes lists of values as they stand where that says the same, else as the key says, in either case as written', async () => {
    const cells = ['Ab', ' Ab', 'ab', 'Abc']
    expect(await likeFirst(aPlan({ dictionary: true }), cells)).toEqual([false, false, false])
    for (const trait of ['padded', 'worded', 'folded'] as const)
      expect(await likeFirst(aPlan({ dictionary: true, [trait]: true }), cells, 'VARCHAR', { trimmed: true })).toEqual([true, false, false])
  })

  it('distinguishes typed values by value; zero is one value', async () => {
    expect(await likeFirst(aPlan({ type: 'float', from_text: false }), ['0', '-0', '0.5', '1e-300'], 'DOUBLE')).toEqual([
      true,
      false,
      false,
    ])
    expect(await likeFirst(aPlan({ type: 'date', from_text: false }), ['2024-01-02', '2024-01-02', '2024-02-01'], 'DATE')).toEqual([
      true,
      false,
    ])
    const number = { decimal: '.', grouping: '', symbols: [] } as const
    expect(await likeFirst(aPlan({ type: 'integer', number }), ['7', '7', '8'], 'BIGINT')).toEqual([true, false])
  })

  it('lets no two different rows look the same, whatever stands in their cells', async () => {
    const sign = fc.constantFrom('a', 'b', '\x1e', '\x1f', '0', '1', '2', '')
    const cell = fc.option(
      fc.array(sign, { maxLength: 3 }).map((signs) => signs.join('')),
      { freq: 5 },
    )
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 2, maxLength: 40 })
    // as they stand, so that a missing cell and an empty one are two things
    const plans = [aPlan({ dictionary: true }), aPlan({ dictionary: true })]
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const found = await proofs(plans, all)
        const byProof = new Map(found.map((proof, at) => [proof, JSON.stringify(all[at])]))
        for (const [at, proof] of found.entries()) expect(byProof.get(proof)).toBe(JSON.stringify(all[at]))
        expect(new Set(found).size).toBe(new Set(all.map((row) => JSON.stringify(row))).size)
      }),
      { numRuns: 20, endOnFailure: true },
    )
  })
})
