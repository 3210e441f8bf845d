/** survey: measures one batch. */
import type { DatasetPlan } from '../dataset/plan.ts'
import { readJson, writeJson } from '../runtime/json-store.ts'
import type { KeySet } from '../steps/lowering.ts'
import { bucketsFor, encodeKeys } from '../survey/key-file.ts'
import type { SurveyPartial } from '../survey/partial.ts'
import { scan } from '../survey/scan.ts'
import type { Task } from './context.ts'
import { checkRows, openBatch } from './open-batch.ts'
import { prefixRelation, type PrefixStep } from './prefix.ts'

export interface SurveySettings {
  /** Key of the dataset's plan. */
  readonly dataset: string
  /** Which survey of the dataset, from 0: after a correction of the plan it is surveyed again. */
  readonly round: number
  readonly key_sets: readonly KeySet[]
  /** Steps the rows go through before they are measured. */
  readonly prefix: readonly PrefixStep[]
}

export const survey: Task<SurveySettings> = async ({ dataset: key, round, key_sets, prefix }, item, context) => {
  const dataset = await readJson<DatasetPlan>(context.store, key)
  const batch = dataset.batches[item]
  if (batch === undefined) throw new Error(`the dataset has no batch ${item}`)
  const opened = await openBatch(dataset, batch, context)
  try {
    const session = await context.openSession(opened.folders)
    const measured = await prefixRelation(dataset, opened, prefix, context)
    const { files } = await scan(session, measured.relation, measured.columns, key_sets, dataset.records)
    const inOrder = opened.files.map(({ path, source, spool }) => {
      const found = files.find(({ file }) => file === path)
      checkRows(found?.partial.rows ?? 0, spool.records, dataset.sources[source]?.name ?? path)
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

function concatenated(parts: readonly BigUint64Array[]): BigUint64Array {
  const all = new BigUint64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
