/** exchange: a transform whose rows must meet: the whole relation at once, operation by operation, spilling to disk where memory ends. */
import type { DatasetPlan } from '../dataset/plan.ts'
import type { Session } from '../duckdb/session.ts'
import type { JsonObject } from '../machine/asl.ts'
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { lower, nest } from '../relation/lower.ts'
import type { AcrossOp, Op } from '../relation/ops.ts'
import { name as quoted } from '../relation/sql.ts'
import { readJson } from '../runtime/json-store.ts'
import { copyTo, extensionOf, INTERMEDIATE } from '../segment/pass.ts'
import type { Task, TaskContext } from './context.ts'
import { applyAcross, ROW, type Table } from './across.ts'
import { behaviourOf, isAcross } from './lower-steps.ts'
import { openBatch } from './open-batch.ts'
import { openExternal } from './external.ts'
import { computedColumn } from './prefix.ts'
import { partsDataset } from './parts-dataset.ts'
import { checkRows } from './open-batch.ts'
import { countRows } from './count-rows.ts'
import { folderOf } from './segment.ts'

export interface ExchangeSettings {
  readonly dataset: string
  readonly type: string
  readonly with: JsonObject
}

export const exchange: Task<ExchangeSettings> = async (settings, _item, context) => {
  const dataset = await readJson<DatasetPlan>(context.store, settings.dataset)
  const behaviour = await behaviourOf(settings.type)
  const columns = dataset.columns.map(({ name, type }) => ({ name, type }))
  const operations = behaviour.lower(settings.with, {
    step: context.step,
    columns,
    facts: undefined,
    decide: () => {},
    claim: () => {},
    keySet: () => {
      throw new Error('an operation across rows asked for a key set')
    },
  })
  const opened = []
  for (const batch of dataset.batches) opened.push(await openBatch(dataset, batch, context))
  const externals = new Map<AcrossOp, Awaited<ReturnType<typeof openExternal>>>()
  for (const operation of operations)
    if (operation.op === 'join') externals.set(operation, await openExternal(operation.source, externals.size, context))
  const key = context.workspace.part(context.step, 0, extensionOf(INTERMEDIATE))
  const draft = await context.store.createLocal(key)
  try {
    const folders = [
      ...opened.flatMap(({ folders: own }) => own),
      ...[...externals.values()].flatMap(({ folders: own }) => own),
      folderOf(draft.path),
    ]
    const session = await context.openSession([...new Set(folders)])
    const selects = opened.map(
      ({ relation, columns: own }) =>
        `SELECT ${own.map(({ plan, sql }) => `${sql} AS ${quoted(plan.name)}`).join(', ')} FROM (${relation})`,
    )
    await session.run(`CREATE TEMP TABLE t0 AS SELECT row_number() OVER () AS ${ROW}, * FROM (${selects.join(' UNION ALL ')})`)
    const rowsIn = await countTable(session, 't0')
    checkRows(rowsIn, dataset.records, `step ${context.step}`)
    let table: Table = { name: 't0', columns }
    let [filtered, number] = [0, 0]
    for (const phase of phases(operations)) {
      const before = await countTable(session, table.name)
      const next = `t${++number}`
      table = isPhaseAcross(phase)
        ? await applyAcross(session, table, phase, next, externals.get(phase))
        : await applyRows(session, table, phase, next, context)
      if (!isPhaseAcross(phase)) filtered += before - (await countTable(session, next))
      await session.run(`DROP TABLE t${number - 1}`)
    }
    const names = table.columns.map(({ name }) => quoted(name)).join(', ')
    await session.run(copyTo(`SELECT ${names} FROM ${table.name} ORDER BY ${ROW}`, draft.path, INTERMEDIATE))
    const rowsOut = await countRows(session, draft.path, INTERMEDIATE)
    checkRows(rowsOut, await countTable(session, table.name), `step ${context.step}`)
    const { size } = await stat(draft.path)
    await draft.publish()
    const next = await partsDataset(
      dataset,
      table.columns,
      [{ key, rows: rowsOut, bytes: size, sha256: createHash('sha256').update(key).digest('hex') }],
      context,
    )
    const totals = {
      step: context.step,
      rows_in: rowsIn,
      rows_out: rowsOut,
      quarantined: 0,
      deduplicated: 0,
      filtered,
      counts: [],
      judged: [],
      columns_before: columns,
      columns_after: table.columns,
    }
    const { result, report } = behaviour.conclude(settings.with, totals)
    return {
      result,
      report: { step: context.step, ...report, fused: false },
      dataset: next,
      account: {
        step: context.step,
        rows_in: rowsIn,
        rows_out: rowsOut,
        filtered,
        reads: settings.dataset.split('/data/')[1]?.split('/')[0] ?? '',
      },
    }
  } finally {
    await draft.discard()
    for (const batch of opened) await batch.release()
  }
}

type Phase = AcrossOp | readonly Op[]
const isPhaseAcross = (phase: Phase): phase is AcrossOp => !Array.isArray(phase)

/** Runs of row operations, and each operation across rows by itself. */
function phases(operations: readonly (Op | AcrossOp)[]): readonly Phase[] {
  const found: (AcrossOp | Op[])[] = []
  for (const operation of operations) {
    const last = found.at(-1)
    if (isAcross(operation)) found.push(operation)
    else if (Array.isArray(last)) last.push(operation)
    else found.push([operation])
  }
  return found
}

/** Row operations as one statement; the rows their filters remove are not there afterwards. */
async function applyRows(session: Session, table: Table, operations: readonly Op[], next: string, context: TaskContext): Promise<Table> {
  const source = table.columns.map(({ name }, at) => `${quoted(name)} AS r${at}`)
  const lowering = lower({
    columns: table.columns.map((column, at) => ({ plan: computedColumn(column), sql: `r${at}` })),
    facts: undefined,
    reader: context.step,
    operations,
  })
  const selected = lowering.columns.map((column) => `${column.sql} AS ${quoted(column.name)}`)
  const removed = lowering.flags.filter(({ fate, sql }) => fate === 'filter' && sql !== null).map(({ sql }) => `NOT ${sql}`)
  const where = removed.length === 0 ? '' : ` WHERE ${removed.join(' AND ')}`
  await session.run(
    `CREATE TEMP TABLE ${next} AS SELECT ${ROW}, ${selected.join(', ')} FROM (${nest(`SELECT ${ROW}, ${source.join(', ')} FROM ${table.name}`, lowering.layers)})${where}`,
  )
  return { name: next, columns: lowering.columns.map(({ name, type }) => ({ name, type })) }
}

export async function countTable(session: Session, table: string): Promise<number> {
  const [{ n = 0 } = {}] = await session.rows(`SELECT count(*) AS n FROM ${table}`)
  return Number(n)
}
