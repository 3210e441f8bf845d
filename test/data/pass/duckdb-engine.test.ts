/** What the engine makes ready for a pass: which columns can be valid, which identify a row, and keys that it cannot know. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { duckdbEngine } from '#data/pass/duckdb-engine.ts'
import type { OpenBatch } from '#data/pass/open-batch.ts'
import { INTERMEDIATE } from '#data/pass/pass.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import type { Facts } from '#relational/measures/facts.ts'
import { expressionOf } from '#relational/operations/expressions.ts'
import type { LoweredPass } from '#relational/operations/lowered-pass.ts'
import type { Op } from '#relational/operations/ops.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { aColumn, someFacts } from '../report/reports.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const NUMBER = { decimal: '.', grouping: '', symbols: [] } as const
const PLANS = [
  aPlan({ name: 'Id' }),
  aPlan({ name: 'mail' }),
  aPlan({ name: 'size', type: 'integer', number: NUMBER }),
  aPlan({ name: 'note' }),
  aPlan({ name: 'day', type: 'date', date: { to: 'date', formats: ['%Y-%m-%d'] } }),
]
const ROWS = [
  ['a', 'x@y.ch', '3', 'n', '2024-01-02'],
  ['a', 'no mail', '12', null, '2024-01-03'],
  ['b', 'z@y.ch', 'x', 'n', '2025-01-01'],
]
const origin = { step: 's', rule: 'r' }
const bound = (expression: string) => ({ expression: expressionOf(expression), parameters: {} })

function batch(): OpenBatch {
  const rows = ROWS.map((row) => `(${row.map((cell) => (cell === null ? 'NULL' : `'${cell}'`)).join(', ')})`)
  return {
    relation: `SELECT r0, r1, r2, r3, r4, 'one' AS _file FROM (VALUES ${rows.join(', ')}) t(r0, r1, r2, r3, r4)`,
    columns: PLANS.map((plan, at) => ({ plan, sql: `r${at}` })),
    files: [
      { path: '', source: 0, spool: undefined as never, chunk_rows: [1, 1], first_row: 0 },
      { path: '', source: 1, spool: undefined as never, chunk_rows: [1], first_row: 2 },
    ],
    rows: 3,
    folders: [],
    origin: (record) => ({ source: 0, record }),
    release: async () => {},
  }
}

const factsOf = (...columns: readonly Parameters<typeof aColumn>[0][]): Facts =>
  someFacts({ columns: columns.map((column) => aColumn({ type: 'text', values: null, ...column })) }) as unknown as Facts
const pass = (operations: readonly Op[], more: Partial<LoweredPass> = {}): LoweredPass => ({
  ...{ columns: PLANS, facts: null, reader: 'find', operations, keys: [], output: { key: null, latest: [] } },
  ...more,
})

let files = 0
function prepared(of: LoweredPass) {
  const folders: string[][] = []
  const openSession = async (asked: readonly string[] = []) => {
    folders.push([...asked])
    return database.session
  }
  const path = join(database.folder, `out-${files++}.parquet`)
  const work = { batch: { ...batch(), folders: ['/in'] }, path, target: INTERMEDIATE }
  return duckdbEngine.prepare(of, work, { openSession } as unknown as TaskContext).then((ready) => ({ ...ready, folders }))
}
const typedOf = async (of: LoweredPass) => (await prepared(of)).columns.filter(({ typed }) => typed).map(({ name }) => name)
const keysOf = async (operations: readonly Op[], key: readonly string[] | null) => {
  const { columns } = await prepared(pass(operations, { output: { key, latest: [] } }))
  return columns.filter((column) => (column as { key?: boolean }).key).map(({ name }) => name)
}

const RENAME: Op = { op: 'rename', origin, names: { mail: 'address' } }
const DERIVE: Op = {
  op: 'derive',
  origin,
  columns: [
    { name: 'both', ...bound('Id || mail') },
    { name: 'Id', ...bound('upper(Id)') },
  ],
}

describe('the columns of the output', () => {
  it('can be valid where they have a type, or a meaning that the survey found, certain or probable', async () => {
    expect(await typedOf(pass([]))).toEqual(['size', 'day'])
    expect(await typedOf(pass([], { facts: factsOf({ name: 'mail', semantic: 'email' }) }))).toEqual(['mail', 'size', 'day'])
    expect(await typedOf(pass([], { facts: factsOf({ name: 'NOTE', probably: { type: 'integer' } as never }) }))).not.toContain('mail')
    expect(await typedOf(pass([], { facts: factsOf({ name: 'note', probably: { type: 'integer' } as never }) }))).toEqual([
      'size',
      'note',
      'day',
    ])
  })

  it('keep their meaning under another name, and lose it where they are computed', async () => {
    const facts = factsOf({ name: 'mail', semantic: 'email' }, { name: 'Id', semantic: 'email' })
    expect(await typedOf(pass([RENAME], { facts }))).toEqual(['Id', 'address', 'size', 'day'])
    expect(await typedOf(pass([DERIVE], { facts }))).toEqual(['mail', 'size', 'day'])
  })

  it('identify a row as the sources name them, whatever the case, also under another name', async () => {
    expect(await keysOf([], ['id', 'MAIL'])).toEqual(['Id', 'mail'])
    expect(await keysOf([RENAME], ['mail'])).toEqual(['address'])
    expect(await keysOf([], null)).toEqual([])
    expect(await keysOf([], [])).toEqual([])
  })

  it('do not identify a row once one of them is gone or computed', async () => {
    expect(await keysOf([{ op: 'drop', origin, columns: ['mail'] }], ['Id', 'mail'])).toEqual([])
    expect(await keysOf([DERIVE], ['Id', 'mail'])).toEqual([])
    expect(await keysOf([DERIVE], ['mail'])).toEqual(['mail'])
  })
})

describe('a pass', () => {
  it('may read the folders of its batch and of its output', async () => {
    expect((await prepared(pass([]))).folders).toEqual([['/in', database.folder]])
  })

  it('counts by source and chunk, and says the latest values as rules name them', async () => {
    const check: Op = {
      op: 'check',
      origin,
      column: 'mail',
      test: { is: 'violation', ...bound("mail LIKE '%@%'") },
      fate: 'keep',
      reason: '',
    }
    const ready = await prepared(pass([check], { output: { key: null, latest: ['DAY', 'size', 'gone'] } }))
    const { account, written, latest } = await ready.run(new Map())
    // the size of the last row is no number
    expect(written.rows).toBe(2)
    const at = ready.flags.findIndex(({ origin: own, counts }) => own.rule === 'r' && counts === 'rows')
    expect([...(account.counts[at] ?? [])]).toEqual([1, 0])
    expect(account.chunks.map(({ out }) => out)).toEqual([1, 1, 0])
    expect(latest).toEqual({ DAY: '2024-01-03T00:00:00Z', size: null })
  })

  it('stops where a rule is about a key that no survey has counted', async () => {
    const key_set = { survey: 'look', set: 3, after: 0 }
    const operations: readonly Op[] = [{ op: 'deduplicate', origin, key_set }]
    const members = new Map([[0, { rows: Uint32Array.of(0, 1), repeats: Uint8Array.of(0, 1) }]])
    const set = { columns: ['ID'], keep: 'first' as const }
    const run = async (reference: typeof key_set) => {
      const ready = await prepared(pass(operations, { keys: [{ reference, set }] }))
      const at = ready.flags.findIndex(({ key_set: own }) => own !== null)
      return ready.run(new Map([[at, members.get(0) as never]]))
    }
    await expect(run({ ...key_set, set: 2 })).rejects.toThrow('the pass has no key set 3 of the survey look')
    await expect(run({ ...key_set, survey: 'other' })).rejects.toThrow('the pass has no key set 3 of the survey look')
    const { written, account } = await run(key_set)
    expect(written.rows).toBe(1)
    // the rows are equal by a second hash
    expect(new Set(account.fates[0]?.proofs).size).toBe(1)
  })
})
