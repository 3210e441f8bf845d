/** Loads the inspections of a dataset's sources, and opens the sources. */
import { openSource } from '#io/connectors/index.ts'
import type { ByteSource, Inspection } from '#io/formats/source.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { readJson } from '#io/workspace/json-store.ts'
import type { DatasetPlan } from './plan.ts'

/** Opens the source of an inspection. Files that the run wrote are in its store and cannot change. */
export const sourceOf = async ({ uri, staged, fingerprint }: Inspection): Promise<ByteSource> =>
  uri === staged ? { size: 0, fingerprint, read: async () => new Uint8Array() } : openSource(uri)

export async function inspectionOf(dataset: DatasetPlan, source: number, { store }: Pick<TaskContext, 'store'>): Promise<Inspection> {
  const entry = dataset.sources[source]
  if (entry === undefined) throw new Error(`the dataset has no source ${source}`)
  return (await readJson<{ inspection: Inspection }>(store, entry.inspection)).inspection
}
