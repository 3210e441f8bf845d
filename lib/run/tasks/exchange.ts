/** exchange: a transform that needs all rows: runs the whole relation operation by operation, spilling to disk when memory is short. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Session } from '#io/duckdb/session.ts'
import type { JsonObject } from '#core/json.ts'
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { lower, nest } from '#relational/operations/to-sql.ts'
import { isAcross } from '#relational/operations/across.ts'
import { columnsAfter } from '#relational/operations/columns.ts'
import type { AcrossOp, Op } from '#relational/operations/ops.ts'
import { name as quoted, noRows } from '#relational/types/sql.ts'
import { traceOn, untouched } from '#relational/operations/traced.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import type { ExchangeFile } from '#data/ledger/exchange-file.ts'
import { assertBalance, NO_ROWS } from '#data/ledger/ledger.ts'
import type { RowsBehaviour } from '#steps/kind/behaviour.ts'
import { type LostValues, lostValues } from '#data/pass/lost-values.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import type { Decision } from '#relational/operations/choices.ts'
import { copyTo, extensionOf, INTERMEDIATE } from '#data/pass/pass.ts'
import type { Task, TaskContext } from '#io/workspace/context.ts'
import { applyAcross, ROW, type Table } from '#data/pass/across.ts'
import { behaviourOf } from '#run/lowering/lower-steps.ts'
import { checkRows, type OpenBatch, openBatch } from '#data/pass/open-batch.ts'
import { type ExternalTable, openExternal } from '#data/pass/external.ts'
import { computedColumn } from '#relational/cells/column-plan.ts'
import { partsDataset } from '#data/pass/parts-dataset.ts'
import { countWritten } from '#data/pass/written.ts'
import { folderOf } from './segment.ts'
import { withPath } from '#core/errors/errors.ts'

export interface ExchangeSettings {
  readonly dataset: string
  readonly type: string
  readonly with: JsonObject
}

export const exchange: Task<ExchangeSettings> = async (settings, _item, context) => {
  const dataset = await readJson<DatasetPlan>(context.store, settings.dataset)
  const behaviour = await behaviourOf(settings.type)
  const opened: OpenBatch[] = []
  for (const batch of dataset.batches) opened.push(await openBatch(dataset, batch, context))
  const externals = new Map<string, ExternalTable>()
  for (const source of new Set(behaviour.reads?.(settings.with) ?? []))
    externals.set(source, await openExternal(source, externals.size, context))
  const key = context.workspace.part(context.step, 0, extensionOf(INTERMEDIATE))
  const draft = await context.store.createLocal(key)
  try {
    const read = [...opened, ...externals.values()].flatMap(({ folders }) => folders)
    const session = await context.openSession([...new Set([...read, folderOf(draft.path)])])
    const rowsIn = await load(session, dataset, opened, context)
    const working = await work(session, dataset, behaviour, settings, externals, context)
    const { table, filtered, counts } = working
    const names = table.columns.map(({ name }) => quoted(name)).join(', ')
    await session.run(copyTo(`SELECT ${names} FROM ${table.name} ORDER BY ${ROW}`, draft.path, INTERMEDIATE))
    const { rows: rowsOut } = await countWritten(session, draft.path, INTERMEDIATE)
    checkRows(rowsOut, await countTable(session, table.name), `step ${context.step}`)
    assertBalance({ ...NO_ROWS, in: rowsIn, out: rowsOut, filtered, fan: working.fan }, `step ${context.step}`)
    const { size } = await stat(draft.path)
    await draft.publish()
    const columns = table.columns.map(({ name, type, untyped }) => ({ name, type, untyped }))
    const sha256 = createHash('sha256').update(key).digest('hex')
    const next = await partsDataset(dataset, columns, [{ key, rows: rowsOut, bytes: size, sha256 }], context)
    const { result, report } = behaviour.summarize(settings.with, {
      step: context.step,
      rows_in: rowsIn,
      rows_out: rowsOut,
      quarantined: 0,
      deduplicated: 0,
      filtered,
      counts,
      rows_found: new Map(),
      examples: new Map(),
      evaluated: [],
      decisions: working.decisions,
      columns_before: dataset.columns,
      columns_after: columns,
    })
    const file: ExchangeFile = {
      step: context.step,
      dataset: settings.dataset,
      rows_in: rowsIn,
      rows_out: rowsOut,
      filtered,
      fan: working.fan,
      counts,
      ...(working.lost.length === 0 ? {} : { lost: working.lost }),
      decisions: working.decisions,
      lineage: table.columns,
    }
    await writeJson(context.store, context.workspace.exchange(context.step), file)
    return { result, report: { step: context.step, ...report, fused: false }, dataset: next }
  } finally {
    await draft.discard()
    for (const one of [...opened, ...externals.values()]) await one.release()
  }
}

/** Loads all rows into the table `t0`, numbered in order; returns their count. */
async function load(session: Session, dataset: DatasetPlan, opened: readonly OpenBatch[], { step }: TaskContext): Promise<number> {
  const selects = opened.map(
    ({ relation, columns }) => `SELECT ${columns.map(({ plan, sql }) => `${sql} AS ${quoted(plan.name)}`).join(', ')} FROM (${relation})`,
  )
  const rows = selects.length === 0 ? noRows(dataset.columns) : selects.join(' UNION ALL ')
  await session.run(`CREATE TEMP TABLE t0 AS SELECT row_number() OVER () AS ${ROW}, * FROM (${rows})`)
  const count = await countTable(session, 't0')
  checkRows(count, dataset.records, `step ${step}`)
  return count
}

interface Working {
  table: Table
  filtered: number
  readonly counts: RuleCount[]
  readonly lost: LostValues[]
  readonly decisions: Decision[]
  /** Checks the rows gained, or (below 0) merged into others, against the operations. */
  fan: number
}

/** Runs the operations in order, each on the columns the previous one left; adjacent row operations share a statement. */
async function work(
  session: Session,
  dataset: DatasetPlan,
  behaviour: RowsBehaviour,
  settings: ExchangeSettings,
  externals: ReadonlyMap<string, ExternalTable>,
  context: TaskContext,
): Promise<Working> {
  const working: Working = {
    table: { name: 't0', columns: untouched(dataset.columns) },
    filtered: 0,
    counts: [],
    lost: [],
    decisions: [],
    fan: 0,
  }
  let [waiting, number] = [[] as Op[], 0]
  const replace = async (make: (next: string) => Promise<Table>) => {
    const before = working.table.name
    working.table = await make(`t${++number}`)
    await session.run(`DROP TABLE ${before}`)
  }
  const flush = async () => {
    if (waiting.length > 0) await replace((next) => applyRows(session, working, waiting, next, context))
    waiting = []
  }
  for (const lowerNext of behaviour.oneByOne?.(settings.with) ?? []) {
    const operations = withPath(['with'], () =>
      lowerNext({
        step: context.step,
        columns: columnsAfter(working.table.columns, waiting),
        facts: undefined,
        decide: (decision) => working.decisions.push({ step: context.step, ...decision }),
        emptied: new Set(),
        claim: () => {},
        keySet: () => {
          throw new Error('an operation across rows asked for a key set')
        },
      }),
    )
    for (const operation of operations) {
      if (!isAcross(operation)) {
        waiting.push(operation)
        continue
      }
      await flush()
      await replace((next) => meet(session, working, operation, next, externals))
    }
  }
  await flush()
  return working
}

async function meet(session: Session, working: Working, operation: AcrossOp, next: string, externals: ReadonlyMap<string, ExternalTable>) {
  const { table, filtered, fan } = await applyAcross(
    session,
    working.table,
    operation,
    next,
    operation.op === 'join' ? externals.get(operation.source) : undefined,
  )
  const rows = { ...NO_ROWS, in: await countTable(session, working.table.name), out: await countTable(session, table.name), filtered, fan }
  assertBalance(rows, `step ${operation.origin.step}: ${operation.op}`)
  working.filtered += filtered
  working.fan += fan
  return table
}

/** Row operations as one statement. Rows removed by their filters are gone afterwards; their changes are counted. */
async function applyRows(
  session: Session,
  working: Working,
  operations: readonly Op[],
  next: string,
  { step }: TaskContext,
): Promise<Table> {
  const { table, counts } = working
  const source = table.columns.map(({ name }, at) => `${quoted(name)} AS r${at}`)
  const lowering = lower({
    columns: table.columns.map((column, at) => ({ plan: computedColumn(column), sql: `r${at}` })),
    facts: undefined,
    reader: step,
    operations,
  })
  const relation = nest(`SELECT ${ROW}, ${source.join(', ')} FROM ${table.name}`, lowering.layers)
  const selected = lowering.columns.map((column) => `${column.sql} AS ${quoted(column.name)}`)
  // the first filter that removes a row is the last one to see it
  const gone: string[] = []
  const found = lowering.flags.map(({ fate, sql }) => {
    const seen = [...gone.map((before) => `NOT ${before}`), `COALESCE(${sql}, FALSE)`].join(' AND ')
    if (fate !== 'keep') gone.push(`${sql}`)
    return `count(*) FILTER (WHERE ${seen})`
  })
  const [row = {}] =
    found.length === 0 ? [] : await session.rows(`SELECT ${found.map((sql, at) => `${sql} AS n${at}`).join(', ')} FROM (${relation})`)
  const raised = lowering.flags.map((_, at) => Number(row[`n${at}`] ?? 0))
  if (lowering.flags.some(({ counts: what }) => what === 'lost'))
    working.lost.push(
      ...lostValues(
        await countTable(session, table.name),
        lowering.flags.map((flag, at) => [flag, raised[at] ?? 0] as const),
      ),
    )
  lowering.flags.forEach(({ origin, column, fate, counts: what, reason }, at) => {
    const count = raised[at] ?? 0
    if (count === 0 || what === 'lost' || what === 'void') return
    if (fate === 'filter') working.filtered += count
    const [cells, rows] = what === 'cells' ? [count, 0] : [0, count]
    counts.push({ rule: origin.rule, column, cells, rows, fate, reason, sources: 1 })
  })
  const where = gone.length === 0 ? '' : ` WHERE ${gone.map((sql) => `NOT ${sql}`).join(' AND ')}`
  await session.run(`CREATE TEMP TABLE ${next} AS SELECT ${[ROW, ...selected].join(', ')} FROM (${relation})${where}`)
  const columns = lowering.columns.map(({ sql: _sql, values: _values, ...column }) => ({ ...column, outside: [] }))
  return { name: next, columns: traceOn(table.columns, columns) }
}

export async function countTable(session: Session, table: string): Promise<number> {
  const [{ n = 0 } = {}] = await session.rows(`SELECT count(*) AS n FROM ${table}`)
  return Number(n)
}
