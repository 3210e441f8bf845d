/** The account of a statement against a model: whatever a statement makes of rows, it passes only if each row is accounted for by its keys. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountFor } from '#data/pass/statement-rows.ts'
import { isBalanced, NO_ROWS } from '#data/ledger/ledger.ts'
import type { SelectStatementOp } from '#relational/operations/ops.ts'
import { literal } from '#relational/types/sql.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { runs } from '../../kit/seed.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

type Key = number | null
const key = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(null))

const operation = (more: Partial<SelectStatementOp>): SelectStatementOp => ({
  op: 'select_statement',
  origin: { step: 's', rule: 'sql' },
  statement: '',
  written: { path: ['with', 'sql'] },
  inputs: {},
  parameters: {},
  keys: ['k'],
  may_filter: true,
  ...more,
})

async function table(name: string, columns: string, rows: readonly (readonly Key[])[]) {
  await database.session.run(`CREATE OR REPLACE TEMP TABLE ${name} (${columns})`)
  const values = rows.map((row) => `(${row.map((cell) => literal(cell)).join(', ')})`)
  if (values.length > 0) await database.session.run(`INSERT INTO ${name} VALUES ${values.join(', ')}`)
}

/** The rows that come in, numbered in their order. */
const tableBefore = (keys: readonly Key[]) =>
  table(
    'b',
    'r BIGINT, k BIGINT',
    keys.map((key, at) => [at, key]),
  )

/** The counts of an account that passes; undefined for one that does not. */
async function accounted(asked: SelectStatementOp) {
  const number = async (query: string) => Number((await database.session.rows(query))[0]?.['n'])
  try {
    const { filtered, fan, left_out } = await accountFor(database.session, asked, { before: 'b', after: 'a', row: 'r' })
    const listed = await database.session.rows(left_out)
    return { filtered: await number(filtered), fan: await number(fan), listed: listed.length }
  } catch (error) {
    expect(error).toMatchObject({ name: 'Accounting.Imbalance', step: 's' })
    return undefined
  }
}

const times = (list: readonly Key[], one: Key) => list.filter((other) => other === one).length
const isSet = (list: readonly Key[]) => new Set(list).size === list.length

describe('rows', () => {
  it('pass only as a part of those that came in, each once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(key, { maxLength: 6 }),
        fc.array(key, { maxLength: 6 }),
        fc.boolean(),
        async (before, after, may_filter) => {
          await tableBefore(before)
          await table(
            'a',
            'k BIGINT',
            after.map((one) => [one]),
          )
          const found = await accounted(operation({ may_filter }))
          const left = before.filter((one) => !after.includes(one)).length
          const passes = isSet(before) && isSet(after) && after.every((one) => before.includes(one)) && (may_filter || left === 0)
          expect(found).toEqual(passes ? { filtered: left, fan: 0, listed: left } : undefined)
          if (found !== undefined) expect(isBalanced({ ...NO_ROWS, ...count(found), in: before.length, out: after.length })).toBe(true)
        },
      ),
      { numRuns: runs(300) },
    )
  }, 60_000)
})

describe('groups', () => {
  it('pass only with numbers of rows that came in', async () => {
    const group = fc.tuple(key, fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(null)))
    await fc.assert(
      fc.asyncProperty(
        fc.array(key, { maxLength: 8 }),
        fc.array(group, { maxLength: 5 }),
        fc.boolean(),
        async (before, after, may_filter) => {
          await tableBefore(before)
          await table('a', 'k BIGINT, m BIGINT', after)
          const found = await accounted(operation({ members: 'm', may_filter }))
          const sum = after.reduce((all, [, members]) => all + (members ?? 0), 0)
          const sound = after.every(([one, members]) => members !== null && members >= 1 && members <= times(before, one))
          const passes = sound && isSet(after.map(([one]) => one)) && (may_filter || sum === before.length)
          const listed = [...new Set(before)].filter(
            (one) => (after.find(([other]) => other === one)?.[1] ?? 0) < times(before, one),
          ).length
          expect(found).toEqual(passes ? { filtered: before.length - sum, fan: after.length - sum, listed } : undefined)
          if (found !== undefined) expect(isBalanced({ ...NO_ROWS, ...count(found), in: before.length, out: after.length })).toBe(true)
        },
      ),
      { numRuns: runs(300) },
    )
  }, 60_000)
})

const count = ({ filtered, fan }: { readonly filtered: number; readonly fan: number }) => ({ filtered, fan })
