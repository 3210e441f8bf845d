/** Loads the inspections of a dataset's sources, and opens the sources. */
import { openSource } from '#io/connectors/index.ts'
import type { ByteSource, Inspection } from '#io/formats/source.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { readJson } from '#io/workspace/json-store.ts'
import type { DatasetPlan } from './plan.ts'

/** Opens the source of an inspection. Not called for staged files and files that the run itself wrote. */
export const sourceOf =
  ({ uri }: Inspection) =>
  (): Promise<ByteSource> =>
    openSource(uri)

export async function inspectionOf(dataset: DatasetPlan, source: number, { store }: Pick<TaskContext, 'store'>): Promise<Inspection> {
  const entry = dataset.sources[source]
  if (entry === undefined) throw new Error(`the dataset has no source ${source}`)
  return (await readJson<{ inspection: Inspection }>(store, entry.inspection)).inspection
}
