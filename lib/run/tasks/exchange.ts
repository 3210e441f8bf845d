/** exchange: a transform that needs all rows: runs the whole relation operation by operation, spilling to disk when memory is short. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Session } from '#io/duckdb/session.ts'
import type { JsonObject } from '#core/json.ts'
import { createHash } from 'node:crypto'
import { isAcross } from '#relational/operations/across.ts'
import { columnsAfter } from '#relational/operations/columns.ts'
import type { AcrossOp, Op } from '#relational/operations/ops.ts'
import { untouched } from '#relational/operations/traced.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import type { ExchangeFile } from '#data/ledger/exchange-file.ts'
import { assertBalance, NO_ROWS } from '#data/ledger/ledger.ts'
import type { RowsBehaviour } from '#steps/kind/behaviour.ts'
import type { LostValues } from '#data/pass/lost-values.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import type { Decision } from '#relational/operations/choices.ts'
import { extensionOf, INTERMEDIATE } from '#data/pass/pass.ts'
import type { Task, TaskContext } from '#io/workspace/context.ts'
import { applyAcross, type Table } from '#data/pass/across.ts'
import { behaviourOf } from '#run/lowering/lower-steps.ts'
import { checkRows, type OpenBatch, openBatch } from '#data/pass/open-batch.ts'
import { type ExternalTable, openExternal } from '#data/pass/external.ts'
import { partsDataset } from '#data/pass/parts-dataset.ts'
import { applyRows, countTable, dropTable, loadRows, writeTable } from '#data/pass/working-table.ts'
import { writeLeftOut } from '#data/ledger/left-out.ts'
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
    const rowsIn = await loadRows(session, dataset, opened)
    checkRows(rowsIn, dataset.records, 'the step')
    const working = await work(session, dataset, behaviour, settings, externals, context)
    const { table, filtered, counts } = working
    const { rows: rowsOut, bytes } = await writeTable(session, table, draft.path)
    checkRows(rowsOut, await countTable(session, table.name), 'the step')
    assertBalance({ ...NO_ROWS, in: rowsIn, out: rowsOut, filtered, fan: working.fan }, 'the step')
    await draft.publish()
    const columns = table.columns.map(({ name, type, untyped }) => ({ name, type, untyped }))
    const sha256 = createHash('sha256').update(key).digest('hex')
    const next = await partsDataset(dataset, columns, [{ key, rows: rowsOut, bytes, sha256 }], context)
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
    const before = working.table
    working.table = await make(`t${++number}`)
    await dropTable(session, before)
  }
  const flush = async () => {
    if (waiting.length > 0) await replace((next) => processRows(session, working, waiting, next, context))
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
      await replace((next) => meet(session, working, operation, next, externals, context))
    }
  }
  await flush()
  return working
}

async function meet(
  session: Session,
  working: Working,
  operation: AcrossOp,
  next: string,
  externals: ReadonlyMap<string, ExternalTable>,
  context: TaskContext,
) {
  const before = await countTable(session, working.table.name)
  const applied = await applyAcross(session, working.table, operation, next, (source) => externals.get(source))
  const { table, filtered, fan, left_out } = applied
  assertBalance({ ...NO_ROWS, in: before, out: await countTable(session, table.name), filtered, fan }, operation.op)
  if (left_out !== undefined && filtered > 0) await writeLeftOut(session, left_out, context)
  await applied.release()
  working.filtered += filtered
  working.fan += fan
  return table
}

/** Adjacent row operations: filters the table, and adds what they counted. */
async function processRows(session: Session, working: Working, operations: readonly Op[], next: string, { step }: TaskContext) {
  const { table, filtered, counts, lost } = await applyRows(session, working.table, operations, next, step)
  working.filtered += filtered
  working.counts.push(...counts)
  working.lost.push(...lost)
  return table
}
