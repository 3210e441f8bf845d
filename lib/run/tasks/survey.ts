/** survey: measures one batch. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Session } from '#io/duckdb/session.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import { bucketsFor, encodeKeys } from '#data/survey/key-file.ts'
import type { SurveyPartial } from '#data/survey/partial.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { kernelScan } from '#data/survey/kernel-scan.ts'
import { kernelCanMeasure } from '#data/survey/engine.ts'
import { type SurveyColumn, scan, type ScanResult } from '#data/survey/scan.ts'
import type { Task, TaskContext } from '#io/workspace/context.ts'
import { checkRows, type OpenBatch, openBatch } from '#data/pass/open-batch.ts'
import type { Place } from '#steps/kind/step.ts'
import { lowerSteps } from '#run/lowering/lower-steps.ts'
import { changedAt, columnsOf } from '#run/lowering/places.ts'
import { preparePrefix, type PrefixStep } from '#run/lowering/prefix.ts'

export interface SurveySettings {
  /** Key of the plan of the dataset. */
  readonly dataset: string
  /** Number of the survey of the dataset, from 0: after a correction of the plan there is another. */
  readonly round: number
  readonly key_sets: readonly KeySet[]
  /** Steps applied before measuring. */
  readonly prefix: readonly PrefixStep[]
  /** The rule it measures for, inside the last step of the prefix; skipped if the rules before it change nothing it uses. */
  readonly place?: Place
}

export const survey: Task<SurveySettings> = async ({ dataset: key, round, key_sets, prefix, place }, item, context) => {
  const dataset = await readJson<DatasetPlan>(context.store, key)
  const batch = dataset.batches[item]
  if (batch === undefined) throw new Error(`the dataset has no batch ${item}`)
  const only = place === undefined ? undefined : await placed(dataset, prefix, place, context)
  if (only === null) return { rows: 0 }
  const opened = await openBatch(dataset, batch, context)
  try {
    const files = await measureFiles(dataset, item, opened, key_sets, prefix, only?.columns ?? null, context)
    const inOrder = opened.files.map(({ path, source, spool }) => {
      const found = files.find(({ file }) => file === path)
      checkRows(found?.rows ?? 0, spool.records, dataset.sources[source]?.name ?? path)
      return { source, found }
    })
    const partial: SurveyPartial = {
      sources: inOrder.flatMap(({ source, found }) => (found === undefined ? [] : [{ source, ...found.partial }])),
    }
    await writeJson(context.store, context.workspace.partial(context.step, round, item), partial)
    const buckets = bucketsFor(dataset.records)
    for (const [set] of key_sets.entries()) {
      const hashes = concatenated(inOrder.map(({ found }) => found?.keys[set] ?? new BigUint64Array()))
      await context.store.write(context.workspace.keys(context.step, round, set, item), encodeKeys(hashes, buckets))
    }
    return { rows: opened.rows }
  } finally {
    await opened.release()
  }
}

/** What a survey inside a step measures: keys, and columns whose figures are used; null if nothing has changed. */
export async function placed(
  dataset: DatasetPlan,
  prefix: readonly PrefixStep[],
  place: Place,
  context: TaskContext,
): Promise<{ readonly keys: boolean; readonly columns: ReadonlySet<string> } | null> {
  const last = (await lowerSteps(dataset, prefix, context)).steps.at(-1)
  if (last === undefined) return null
  const changed = changedAt(place, last.operations, last.columns_before, last.facts)
  if (!changed.keys && !changed.figures) return null
  return { keys: changed.keys, columns: new Set(changed.figures ? columnsOf(place, last.columns_after).map(({ name }) => name) : []) }
}

/** Uses the kernel if it knows every kind of column, otherwise SQL. */
async function measureFiles(
  dataset: DatasetPlan,
  item: number,
  opened: OpenBatch,
  keySets: readonly KeySet[],
  prefix: readonly PrefixStep[],
  only: ReadonlySet<string> | null,
  context: TaskContext,
): Promise<ScanResult['files']> {
  const layout = dataset.layouts[dataset.batches[item]?.layout ?? 0]
  if (layout === undefined || prefix.length > 0 || !kernelCanMeasure(dataset, keySets)) {
    const steps = await preparePrefix(dataset, prefix, context)
    const session = await context.openSession([...opened.folders, ...steps.folders])
    const measured = await steps.apply(session, opened, await steps.repeated(item))
    const named = namedKeySets(keySets, measured.columns, context.step)
    return (await scan(session, measured, named, dataset.records, only)).files
  }
  let opening: Promise<Session> | undefined
  const session = () => {
    opening ??= context.openSession(opened.folders)
    return opening
  }
  const named = namedKeySets(keySets, opened.columns, context.step)
  const world = { scratch: context.scratch, session, hashes: new Map() }
  const files: ScanResult['files'][number][] = []
  for (const { path, spool } of opened.files) {
    files.push({
      file: path,
      ...(await kernelScan(spool, layout, dataset.columns, named, dataset.records, world)),
    })
  }
  return files
}

/** The key sets with the columns as spelled in the data; throws Definition.UnknownColumn for a missing one. */
function namedKeySets(sets: readonly KeySet[], columns: readonly SurveyColumn[], step: string): readonly KeySet[] {
  const known = { columns: columns.map(({ plan }) => plan), step }
  return sets.map((set) => ({ ...set, columns: set.columns?.map((name) => existingColumn(name, known).name) ?? null }))
}

function concatenated(parts: readonly BigUint64Array[]): BigUint64Array {
  const all = new BigUint64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
