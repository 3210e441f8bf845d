/** All engines agree on a pass: every cell, flag, fate and count, whatever the operations and the rows. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { columnsAfter } from '#relational/operations/columns.ts'
import { expressionOf } from '#relational/operations/expressions.ts'
import { keyOf, type LoweredPass } from '#relational/operations/lowered-pass.ts'
import type { CheckOp, Op } from '#relational/operations/ops.ts'
import { lineageOf, lookupKey, lower, nest } from '#relational/operations/to-sql.ts'
import type { Column, ColumnType } from '#relational/types/types.ts'
import { name as quoted, text } from '#relational/types/sql.ts'
import { duckdbEngine } from '#data/pass/duckdb-engine.ts'
import type { PassWork, PassedColumn } from '#data/pass/engine.ts'
import type { Members } from '#data/pass/members.ts'
import type { OpenBatch } from '#data/pass/open-batch.ts'
import { INTERMEDIATE } from '#data/pass/pass.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { runs } from '../../kit/seed.ts'
import { cellsOf, relationOf } from '../../relational/reference/rows.ts'
import { cellTexts, TRIED } from '../../relational/reference/tried.ts'
import { asText, type Cell, decimalText } from '../../relational/reference/values.ts'
import { referenceEngine } from './reference-engine.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const NUMBER = { decimal: '.', grouping: ',', symbols: ['$'] } as const

/** Columns of text to be read, and of values that have their type. */
const PLANS: readonly ColumnPlan[] = [
  aPlan({ name: 'word' }),
  aPlan({ name: 'count', type: 'integer', number: NUMBER }),
  aPlan({ name: 'price', type: 'float', number: NUMBER }),
  aPlan({ name: 'day', type: 'date', date: { to: 'date', formats: ['%Y-%m-%d', '%d/%m/%Y'] } }),
  aPlan({ name: 'ok', type: 'boolean' }),
  aPlan({ name: 'exact', type: 'float', from_text: false }),
  aPlan({ name: 'at', type: 'timestamp', from_text: false }),
]
const RAW = new Map<string, ColumnType>(PLANS.map(({ name, type, from_text }) => [name, from_text ? 'text' : type]))

/** What can be computed from columns of these names, where they are still there and of a type that it takes. */
const EXPRESSIONS: readonly (readonly [needs: Readonly<Record<string, ColumnType>>, expression: string])[] = [
  [{ word: 'text' }, "upper(trim(word)) || '!'"],
  [{ word: 'text' }, "coalesce(nullif(word, ''), 'none')"],
  [{ count: 'integer' }, 'count * 3 - 1'],
  [{ count: 'integer' }, 'CAST(count AS text)'],
  [{ count: 'integer', price: 'float' }, 'round(price * count, 2)'],
  [{ price: 'float' }, 'price / 3'],
  [{ day: 'date' }, "date_add('month', 1, day)"],
  [{ at: 'timestamp' }, "date_trunc('week', at)"],
  [{ exact: 'float' }, 'exact + 0.1 - 0.3'],
]
const CONDITIONS: typeof EXPRESSIONS = [
  [{ word: 'text' }, "word LIKE '%a%'"],
  [{ count: 'integer' }, 'count > {{ most }}'],
  [{ price: 'float', exact: 'float' }, 'price < exact'],
  [{ day: 'date' }, "day BETWEEN DATE '1990-01-01' AND DATE '2030-01-01'"],
  [{ ok: 'boolean' }, 'NOT ok'],
]

const fitting = (all: typeof EXPRESSIONS, columns: readonly Column[]) =>
  all.filter(([needs]) =>
    Object.entries(needs).every(([name, type]) => columns.some((column) => column.name === name && column.type === type)),
  )

/** A pass of up to eight operations, each on the columns that those before it left. */
const passes: fc.Arbitrary<LoweredPass> = fc.gen().map((draw): LoweredPass => {
  const start: readonly Column[] = PLANS.map(({ name, type }) => ({ name, type }))
  const operations: Op[] = []
  for (let at = draw(fc.nat, { max: 8 }); at > 0; at--) {
    const columns = columnsAfter(start, operations)
    const origin = { step: 's', rule: `r${operations.length}` }
    const names = columns.map(({ name }) => name)
    const bound = (all: typeof EXPRESSIONS) => {
      const [, expression] = draw(fc.constantFrom, ...fitting(all, columns), [{}, '1 = 1'] as const)
      return { expression: expressionOf(expression), parameters: { most: 3 } }
    }
    const key_set = { survey: 'x', set: operations.length, after: operations.length }
    const made: { readonly [Name in Op['op']]: () => Op } = {
      cell: () => {
        const { name, type } = draw(fc.constantFrom, ...columns)
        const [cell, , options] = draw(fc.constantFrom, ...TRIED.filter(([, of]) => of === type))
        const quarantine = draw(fc.boolean) && draw(fc.boolean) ? { quarantine: `${name} was changed` } : {}
        return { op: 'cell', origin, column: name, cell, options, counted: draw(fc.boolean), ...quarantine }
      },
      derive: () => {
        const name = draw(fc.constantFrom, 'made', ...names)
        return { op: 'derive', origin, columns: [{ name, ...bound(EXPRESSIONS) }] }
      },
      filter: () => ({ op: 'filter', origin, ...bound(CONDITIONS) }),
      check: () => {
        const fate = draw(fc.constantFrom, 'keep' as const, 'quarantine' as const)
        const test: CheckOp['test'] = draw(fc.boolean) ? { is: 'violation', ...bound(CONDITIONS) } : { is: 'repeat', key_set }
        return { op: 'check', origin, column: names[0] ?? '', test, fate, reason: 'a reason' }
      },
      deduplicate: () => ({ op: 'deduplicate', origin, key_set }),
      rename: () => ({ op: 'rename', origin, names: { [draw(fc.constantFrom, ...names)]: `renamed ${operations.length}` } }),
      drop: () => ({ op: 'drop', origin, columns: names.length > 2 ? [draw(fc.constantFrom, ...names)] : [] }),
      select: () => ({ op: 'select', origin, columns: [...names].reverse().slice(0, Math.max(2, names.length - 1)) }),
    }
    operations.push(draw(fc.constantFrom, ...Object.values(made), made.cell, made.cell, made.derive)())
  }
  const keys = operations.flatMap((operation) => {
    const reference = keyOf(operation)
    return reference === null ? [] : [{ reference, set: { columns: null, keep: 'first' as const } }]
  })
  return { columns: PLANS, facts: null, reader: 'find', operations, keys, output: { key: null, latest: ['day', 'at'] } }
})

/** Texts that are mostly of the type of their column: a row with any other is quarantined. */
const mostly = (cells: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 20, arbitrary: cells },
    { weight: 2, arbitrary: fc.constantFrom(null, '', ' ', 'NA') },
    { weight: 1, arbitrary: fc.oneof(cellTexts, cellsOf('text')) },
  )
const grouped = (value: number) => value.toLocaleString('en-US')
const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).map((day) => day.toISOString())
const rows = fc.array(
  fc
    .record<{ readonly [name: string]: Cell }>({
      word: fc.oneof(cellsOf('text'), fc.constantFrom('a', 'Anna', 'none', ' a ')),
      count: mostly(fc.integer({ min: -9999, max: 99_999 }).map(grouped)),
      price: mostly(fc.integer({ min: 0, max: 1_000_000 }).map((cents) => `$${grouped(cents / 100)}`)),
      day: mostly(days.map((day) => (day.endsWith('0Z') ? day.slice(0, 10) : day.slice(0, 10).split('-').reverse().join('/')))),
      ok: mostly(fc.constantFrom('yes', 'No', 'TRUE', 'f')),
      exact: cellsOf('float'),
      at: cellsOf('timestamp'),
    })
    .map((row) => new Map(Object.entries(row))),
  { minLength: 1, maxLength: 40 },
)

function batchOf(all: readonly ReadonlyMap<string, Cell>[]): OpenBatch {
  const chunk = all.length >> 1
  return {
    relation: `SELECT * FROM (${relationOf(RAW, all)}) ORDER BY n`,
    columns: PLANS.map((plan) => ({ plan, sql: plan.name === 'at' ? '"at"' : plan.name })),
    files: [{ path: '', source: 0, spool: undefined as never, chunk_rows: [chunk, all.length - chunk], first_row: 0 }],
    rows: all.length,
    folders: [],
    origin: (record) => ({ source: 0, record }),
    release: async () => {},
  }
}

/** Some rows that share their key with others, as a survey would find them. */
const membersOf = (flags: readonly { readonly key_set: unknown }[], count: number, seed: number): ReadonlyMap<number, Members> =>
  new Map(
    flags.flatMap(({ key_set }, at) => {
      const own = Array.from({ length: count }, (_, row) => row).filter((row) => (row * 7 + seed + at) % 3 === 0)
      return key_set === null
        ? []
        : [[at, { rows: Uint32Array.from(own), repeats: Uint8Array.from(own, (row) => (row + seed) % 2) }] as const]
    }),
  )

const plain = ({ name, type, from, through, derived, typed }: PassedColumn) => ({
  name,
  type,
  from: [...from].sort(),
  through,
  derived,
  typed,
})
const textsOf = (row: ReadonlyMap<string, Cell>, columns: readonly Column[]) =>
  columns.map(({ name, type }) => {
    const cell = row.get(name) ?? null
    // decimals are compared to 13 digits: a last bit may differ between libraries
    return type === 'float' && typeof cell === 'number' ? rounded(cell) : asText(cell, type)
  })
const rounded = (value: number) => (Number.isFinite(value) ? value.toPrecision(13) : decimalText(value))

let files = 0

it('gives the same rows and the same account', async () => {
  const context = { openSession: async () => database.session } as unknown as TaskContext
  let kept = 0
  await fc.assert(
    fc.asyncProperty(passes, rows, fc.nat(5), async (pass, all, seed) => {
      const path = join(database.folder, `pass-${files++}.parquet`)
      const work: PassWork = { batch: batchOf(all), path, target: INTERMEDIATE }
      const reference = referenceEngine(all)
      const ours = await reference.prepare(pass, work, context)
      const theirs = await duckdbEngine.prepare(pass, work, context)
      expect(theirs.flags).toEqual(ours.flags)
      expect(theirs.columns.map(plain)).toEqual(ours.columns.map(plain))
      expect(lineageOf(pass).map(({ name }) => name)).toEqual(ours.columns.map(({ name }) => name))
      const members = membersOf(ours.flags, all.length, seed)
      const [wanted, found] = [await ours.run(members), await theirs.run(members)]
      const account = ({ account: { hashes: _hashes, fates, ...rest } }: typeof wanted) => ({
        ...rest,
        fates: fates.map((one) => one.fates),
      })
      expect(account(found)).toEqual(account(wanted))
      expect(found.written).toEqual(wanted.written)
      expect(found.latest).toEqual(wanted.latest)
      const columns = ours.columns
      const selected = columns.map(({ name }, at) => `CAST(${quoted(name)} AS VARCHAR) AS c${at}`)
      const output = await database.session.rows(`SELECT ${selected.join(', ')} FROM read_parquet(${text(path)})`)
      rmSync(path)
      const read = output.map((row) =>
        columns.map(({ type }, at) => {
          const cell = (row[`c${at}`] ?? null) as string | null
          return type === 'float' && cell !== null ? rounded(Number(cell.replace('inf', 'Infinity'))) : cell
        }),
      )
      expect(read).toEqual(reference.written.map((row) => textsOf(row, columns)))
      kept += read.length
    }),
    { numRuns: runs(15) },
  )
  // as long as enough rows stay, their cells are compared as well
  expect(kept).toBeGreaterThan(runs(15))
})

it('looks values up in the same way', async () => {
  const test = { is: 'absent', column: 'word', source: 'people.csv', source_column: 'id' } as const
  const when = { expression: expressionOf("word <> 'c'"), parameters: {} }
  const origin = { step: 's', rule: 'r' }
  const check = (more: object): Op => ({ op: 'check', origin, column: 'word', test: { ...test, ...more }, fate: 'keep', reason: '' })
  const operations = [check({}), check({ when })]
  const pass: LoweredPass = { columns: PLANS, facts: null, reader: 'find', operations, keys: [], output: { key: null, latest: [] } }
  const all = ['a', 'b', null, 'c', ''].map((word) => new Map<string, Cell>([['word', word]]))
  const work = { batch: batchOf(all), path: '', target: INTERMEDIATE }
  const ours = await referenceEngine(all, new Map([['people.csv id', ['a', 'x']]])).prepare(pass, work, {} as TaskContext)
  const { account } = await ours.run(new Map())
  await database.session.run("CREATE OR REPLACE TEMP TABLE people AS SELECT unnest(['a', 'x']) AS value")
  const lookups = new Map([[lookupKey('people.csv', 'id'), { table: 'people', type: 'text' as const }]])
  const { flags, layers } = lower({ ...pass, columns: work.batch.columns, lookups })
  const counts = flags.map(({ sql }) => `count(*) FILTER (WHERE ${sql}) AS f${flags.findIndex((flag) => flag.sql === sql)}`)
  const [found = {}] = await database.session.rows(`SELECT ${counts.join(', ')} FROM (${nest(work.batch.relation, layers)})`)
  expect(flags.map((_, at) => Number(found[`f${at}`]))).toEqual(account.counts.map((own) => own[0]))
  expect(account.counts.slice(-2).map((own) => own[0])).toEqual([3, 2])
})
