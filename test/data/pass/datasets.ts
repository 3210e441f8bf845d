/** Datasets as a pass finds them: planned by the tasks that read the sources, with the context of a task that works on them. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { runDefinition, type Workplace } from '../../kit/run-pipeline.ts'

export interface PlannedDataset {
  readonly dataset: DatasetPlan
  readonly context: TaskContext
  readonly store: Store
  /** The scratch folder of the context. */
  readonly scratch: string
}

/** The dataset of these sources, each written to a folder of its own name; `discover` holds more settings of the step, as YAML. */
export async function plannedDataset(
  place: Workplace,
  name: string,
  input: { readonly [file: string]: string | Uint8Array },
  { discover = '', task_bytes = 1e9 } = {},
): Promise<PlannedDataset> {
  for (const [file, content] of Object.entries(input)) place.write(`${name}/in/${file}`, content)
  const source = JSON.stringify(join(place.folder, name, 'in/*'))
  const definition = [
    'version: 1',
    'id: planned',
    `resources: {workers: 1, task_bytes: ${task_bytes}}`,
    'steps:',
    `  - {id: find, type: discover, with: {source: ${source}${discover === '' ? '' : `, ${discover}`}}}`,
  ].join('\n')
  const root = join(place.folder, name, 'store')
  const run = await runDefinition(definition, { store: root })
  if (run.cause !== undefined) throw new Error(run.cause)
  const planned = run.results.find(({ event }) => event.task === 'plan')?.result as unknown as { dataset: { plan: string } }
  const store = folderStore(root)
  const bytes = (await store.read(planned.dataset.plan)) as Uint8Array
  const scratch = join(place.folder, name, 'scratch')
  mkdirSync(scratch, { recursive: true })
  return {
    dataset: JSON.parse(Buffer.from(bytes).toString()) as DatasetPlan,
    context: { store, scratch } as unknown as TaskContext,
    store,
    scratch,
  }
}
