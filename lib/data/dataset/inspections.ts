/** The inspections of a dataset's sources, and the sources they speak of. */
import { openSource } from '#io/connectors/index.ts'
import type { ByteSource, Inspection } from '#io/formats/source.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { readJson } from '#io/workspace/json-store.ts'
import type { DatasetPlan } from './plan.ts'

/** Opens the source of an inspection; of what was staged, or made by the run itself, nobody asks it. */
export const sourceOf =
  ({ uri }: Inspection) =>
  (): Promise<ByteSource> =>
    openSource(uri)

export async function inspectionOf(dataset: DatasetPlan, source: number, { store }: Pick<TaskContext, 'store'>): Promise<Inspection> {
  const entry = dataset.sources[source]
  if (entry === undefined) throw new Error(`the dataset has no source ${source}`)
  return (await readJson<{ inspection: Inspection }>(store, entry.inspection)).inspection
}
