/**
 * What a pipeline knows of its earlier runs: figures of each run that ended well, `state/<pipeline>/_runs/<start>-<run>.json`. Unlike what steps
 * remember, it is not claimed: runs side by side each add their own entry. No id of a step begins with `_`.
 */
import type { Json } from '#core/json.ts'
import { inParallel } from '#core/task/in-parallel.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { findJson, writeJson } from '#io/workspace/json-store.ts'

type HistoryContext = Pick<TaskContext, 'store' | 'run' | 'pipeline'>

interface PastRun {
  readonly run: string
  /** ISO 8601, UTC. */
  readonly started_at: string
  /** Figures by name, such as `rows_out`. */
  readonly metrics: { readonly [name: string]: number }
  /** What steps left for the same steps of later runs, by step. */
  readonly left: { readonly [step: string]: Json }
}

/** Entries that are kept. */
const KEPT = 50

const folderOf = ({ pipeline }: HistoryContext) => `state/${pipeline.id}/_runs/`
const keyOf = (context: HistoryContext) => `${folderOf(context)}${context.run.started_at.replace(/[^0-9TZ]/g, '')}-${context.run.id}.json`

/** Adds the entry of this run, and removes the oldest ones. */
export async function recordRun(context: HistoryContext, entry: Pick<PastRun, 'metrics' | 'left'>): Promise<void> {
  const { store, run } = context
  await writeJson(store, keyOf(context), { run: run.id, started_at: run.started_at, ...entry } satisfies PastRun)
  const all = await store.list(folderOf(context))
  for (const { key } of all.slice(0, Math.max(0, all.length - KEPT))) await store.remove(key)
}

/** The last runs that began before this one and ended well, the latest first. */
export async function lastRuns(context: HistoryContext, most: number): Promise<readonly PastRun[]> {
  const { store } = context
  const before = (await store.list(folderOf(context))).map(({ key }) => key).filter((key) => key < keyOf(context))
  const found = await inParallel(before.slice(-most).reverse(), 16, async (key) => findJson<PastRun>(store, key))
  // one that was removed meanwhile is none
  return found.flatMap((one) => one ?? [])
}
