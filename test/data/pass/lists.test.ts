/** A wide table whose columns are computed in lists gives the same bytes and the same account as one whose columns are computed one by one. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { expressionOf } from '#relational/operations/expressions.ts'
import type { LoweredPass } from '#relational/operations/lowered-pass.ts'
import type { Op } from '#relational/operations/ops.ts'
import { text } from '#relational/types/sql.ts'
import { duckdbEngine } from '#data/pass/duckdb-engine.ts'
import type { OpenBatch } from '#data/pass/open-batch.ts'
import { INTERMEDIATE } from '#data/pass/pass.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { cellTexts } from '../../relational/reference/tried.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const NUMBER = { decimal: '.', grouping: ',', symbols: ['$'] } as const
const ROWS = 12

const KINDS: readonly Partial<ColumnPlan>[] = [
  {},
  { type: 'integer', number: NUMBER },
  { type: 'float', number: NUMBER },
  { type: 'integer', number: { decimal: ',', grouping: '.', symbols: [] }, null_values: ['', 'x'] },
  { type: 'date', date: { to: 'date', formats: ['%Y-%m-%d', '%d/%m/%Y'] } },
  { type: 'boolean' },
]
/** Every other column is of the second kind, which fills more than one list. */
const PLANS = Array.from({ length: 104 }, (_, at) => aPlan({ name: `c${at}`, ...KINDS[at % 2 === 0 ? (at / 2) % KINDS.length : 1] }))

const CELLS = [
  '1',
  '-7',
  '$1,234.50',
  '1.234',
  '0,5',
  ' 12 ',
  '007',
  '',
  'NA',
  'x',
  '2024-02-30',
  '2024-02-29',
  '03/04/2025',
  'yes',
  ' no',
  '\u00a08',
]

const origin = { step: 's', rule: 'r' }
const OPERATIONS: readonly Op[] = [
  ...PLANS.flatMap(({ name, type }): Op[] =>
    type === 'text' ? [{ op: 'cell', origin, column: name, cell: 'trim', options: {}, counted: true }] : [],
  ),
  { op: 'derive', origin, columns: [{ name: 'sum', expression: expressionOf('c1 + c3'), parameters: {} }] },
  { op: 'filter', origin, expression: expressionOf("c0 IS NULL OR c0 <> 'x'"), parameters: {} },
]

/** A batch of so many rows, said to have `rows` of them: the more rows, the less lists are worth. */
function batchOf(rows: number): OpenBatch {
  const drawn = fc.sample(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...CELLS) }, cellTexts), {
    numRuns: ROWS * PLANS.length,
    seed: 7,
  })
  // most rows are read without a misfit, so that written cells are compared
  const cell = (row: number, at: number) =>
    row % 3 === 0 ? drawn[row * PLANS.length + at] : row % 3 === 1 ? '' : PLAIN[PLANS[at]?.type ?? 'text']
  const lines = Array.from(
    { length: ROWS },
    (_, row) => `SELECT ${PLANS.map((_, at) => `${text(cell(row, at) ?? '')} AS r${at}`).join(', ')}, ${row} AS n`,
  )
  return {
    relation: `SELECT * FROM (${lines.join(' UNION ALL ')}) ORDER BY n`,
    columns: PLANS.map((plan, at) => ({ plan, sql: `r${at}` })),
    files: [{ path: '', source: 0, spool: undefined as never, chunk_rows: [ROWS], first_row: 0 }],
    rows,
    folders: [],
    origin: (record) => ({ source: 0, record }),
    release: async () => {},
  }
}

const PLAIN: Readonly<Record<string, string>> = { text: 'a', integer: '5', decimal: '2.5', date: '2024-01-31', boolean: 'yes' }

async function written(rows: number, name: string) {
  const context = { openSession: async () => database.session } as unknown as TaskContext
  const pass: LoweredPass = {
    columns: PLANS,
    facts: null,
    reader: 'find',
    operations: OPERATIONS,
    keys: [],
    output: { key: null, latest: [] },
  }
  const path = join(database.folder, `${name}.parquet`)
  const prepared = await duckdbEngine.prepare(pass, { batch: batchOf(rows), path, target: INTERMEDIATE }, context)
  const { account, written: file } = await prepared.run(new Map())
  return { bytes: readFileSync(path), flags: prepared.flags, file, account: { ...account, hashes: [...account.hashes.subarray(0, ROWS)] } }
}

it('in lists or one by one', async () => {
  const inLists = await written(ROWS, 'lists')
  const single = await written(1_000_000, 'single')
  expect(inLists.account).toEqual(single.account)
  expect(inLists.flags).toEqual(single.flags)
  expect(inLists.file).toEqual(single.file)
  expect(inLists.bytes.equals(single.bytes)).toBe(true)
  expect(single.file.rows).toBeGreaterThan(ROWS / 2)
  expect(single.account.quarantined.length).toBeGreaterThan(0)
})
