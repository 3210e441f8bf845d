/** apply: calls a function step with the rows of one batch, writes what it returned, and accounts for every row. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { FlaggedRows } from '#data/pass/flagged-rows.ts'
import { encodeMadeRows, placedRows, placesOf } from '#data/pass/made-of.ts'
import { checkRows, type OpenBatch, openBatch } from '#data/pass/open-batch.ts'
import type { Outcome } from '#data/pass/outcome.ts'
import { extensionOf, INTERMEDIATE } from '#data/pass/pass.ts'
import { collectRows, type ReturnedRows } from '#data/pass/returned-rows.ts'
import { typedCells } from '#data/pass/typed-cells.ts'
import { bucketsFor, encodeKeys } from '#data/survey/key-file.ts'
import { isTyped } from '#data/survey/quality.ts'
import type { Session } from '#io/duckdb/session.ts'
import type { WireCell } from '#io/functions/protocol.ts'
import type { Task, TaskContext } from '#io/workspace/context.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import { writeLines } from '#io/workspace/lines.ts'
import type { Flag } from '#relational/operations/lowered-pass.ts'
import type { JsonObject } from '#core/json.ts'
import { type OpenFunction, openFunction, ownBehaviourOf } from './function-process.ts'
import { folderOf } from './segment.ts'

export interface ApplySettings {
  readonly dataset: string
  readonly type: string
  readonly with: JsonObject
}

/** What became of the rows of a batch. */
interface Applied {
  readonly rows: number
  /** For each row that came out, the row it was made of. */
  readonly each: readonly number[]
  readonly reasons: ReadonlyMap<number, string>
  readonly metrics: { readonly [name: string]: number }
}

export const apply: Task<ApplySettings> = async (settings, item, context) => {
  const dataset = await readJson<DatasetPlan>(context.store, settings.dataset)
  const batch = dataset.batches[item]
  const [span, ...others] = batch?.spans ?? []
  if (batch === undefined || span === undefined || others.length > 0) throw new Error(`batch ${item} is no part of an earlier pass`)
  const own = (await ownBehaviourOf(settings.type)).call(settings.with)
  const opened = await openBatch(dataset, batch, context)
  const key = context.workspace.part(context.step, item, extensionOf(INTERMEDIATE))
  const draft = await context.store.createLocal(key)
  const called = await openFunction(own, dataset.columns, context)
  try {
    // rows are read while others are written: a session does one of them at a time
    const [from, to] = [await context.openSession(opened.folders), await context.openSession([folderOf(draft.path)])]
    const returned = await collectRows(to, called.columns)
    const applied = await applyAll(called, own.rows, { dataset, item, opened, from, returned }, context)
    checkRows(applied.rows, opened.rows, `batch ${item}`)
    const { part, missing, hashes } = await returned.write(draft.path, key, applied.each.length)
    const quarantined = applied.reasons.size
    const gained = applied.each.length + quarantined - applied.rows
    const typed = called.columns.map(({ type }) => isTyped({ type, semantic: null }))
    const flag: Flag = {
      origin: { step: context.step, rule: 'reject' },
      column: '',
      fate: 'quarantine',
      counts: 'rows',
      reason: `rejected by ${called.name}`,
      key_set: null,
    }
    const account = { out: part.rows, quarantined, deduplicated: 0, filtered: 0, fan: gained }
    const outcome: Outcome = {
      sources: [{ source: span.source, rows: applied.rows, gained }],
      rows_out: part.rows,
      flags: [{ flag, counts: [quarantined] }],
      found: [],
      chunks: [{ source: span.source, chunk: span.first_chunk, in: applied.rows, ...account }],
      cells: part.rows * called.columns.length,
      missing: sum(missing),
      typed_cells: part.rows * typed.filter((one) => one).length,
      typed_missing: sum(missing.filter((_, at) => typed[at])),
      part,
      rows_key: await writeRejected(dataset, opened, flag, applied.reasons, item, context),
      violations: [],
      metrics: applied.metrics,
      latest: {},
    }
    await draft.publish()
    await context.store.write(context.workspace.madeOf(context.step, item), encodeMadeRows({ each: applied.each }))
    await context.store.write(context.workspace.outputKeys(context.step, item), encodeKeys(hashes, bucketsFor(dataset.records)))
    await writeJson(context.store, context.workspace.outcome(context.step, item), outcome)
    return { rows_in: applied.rows, rows_out: part.rows }
  } finally {
    await called.close()
    await draft.discard()
    await opened.release()
  }
}

const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0)

interface Flow {
  readonly dataset: DatasetPlan
  readonly item: number
  readonly opened: OpenBatch
  readonly from: Session
  readonly returned: ReturnedRows
}

/** Calls the function with some rows after the other, and collects what it returned. */
async function applyAll(called: OpenFunction, most: number, flow: Flow, context: TaskContext): Promise<Applied> {
  const { dataset, item, opened, from, returned } = flow
  const each: number[] = []
  const reasons = new Map<number, string>()
  const metrics = new Map<string, number>()
  let first = 0
  const wanted = dataset.columns.map(({ name }) => ({ name, as: 'text' as const }))
  for await (const rows of grouped(
    typedCells(from, { ...opened, gone: null, keyless: null }, wanted) as AsyncIterable<readonly (readonly WireCell[])[]>,
    most,
  )) {
    const {
      made,
      rejected,
      log,
      metrics: more,
    } = await called.call(rows, async (row) => {
      const some = row === null ? [first, first + rows.length - 1] : [first + row]
      const places = await placesOf(dataset, item, opened, some, context)
      const named = [...new Set(some)].map((one) => places.get(one) ?? `row ${(one + 1).toLocaleString('en')} of batch ${item + 1}`)
      return named.join(' to ')
    })
    await returned.append(made.map(([, cells]) => cells))
    for (const [row] of made) each.push(first + row)
    for (const [row, reason] of rejected) reasons.set(first + row, reason)
    for (const line of log) context.log(line)
    for (const [name, value] of Object.entries(more)) metrics.set(name, (metrics.get(name) ?? 0) + value)
    first += rows.length
  }
  return { rows: first, each, reasons, metrics: Object.fromEntries([...metrics].sort(([a], [b]) => (a < b ? -1 : 1))) }
}

/** The same rows, so many at a time. */
async function* grouped<Item>(vectors: AsyncIterable<readonly Item[]>, most: number): AsyncGenerator<readonly Item[]> {
  let waiting: Item[] = []
  for await (const vector of vectors) {
    waiting.push(...vector)
    let at = 0
    for (; waiting.length - at >= most; at += most) yield waiting.slice(at, at + most)
    waiting = waiting.slice(at)
  }
  if (waiting.length > 0) yield waiting
}

/** Writes a line for each rejected row, with the reason that was given for it. */
async function writeRejected(
  dataset: DatasetPlan,
  opened: OpenBatch,
  flag: Flag,
  reasons: ReadonlyMap<number, string>,
  item: number,
  context: TaskContext,
): Promise<string | null> {
  if (reasons.size === 0) return null
  const rows = [...reasons.keys()].map((row): FlaggedRows => ({ row, flags: [0], fate: 'quarantine' }))
  const key = context.workspace.flagged(context.step, item)
  const draft = await context.store.createLocal(key)
  async function* lines() {
    for await (const row of placedRows(dataset, item, opened, [flag], rows, context))
      yield { ...row, reason: reasons.get(row.row) ?? flag.reason }
  }
  await writeLines(draft.path, lines())
  await draft.publish()
  return key
}
