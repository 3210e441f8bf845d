/** Writes the plan of a dataset, and returns the small part of it that the machine needs. */
import type { DatasetPlan } from './plan.ts'
import { writeJson } from '#io/workspace/json-store.ts'
import type { TaskContext } from '#io/workspace/context.ts'

export async function writeDataset(plan: DatasetPlan, { store, workspace, step }: TaskContext) {
  const key = workspace.dataset(step, 0)
  await writeJson(store, key, plan)
  await writeJson(store, workspace.items(step, 'batches'), [...plan.batches.keys()])
  return {
    plan: key,
    batches: plan.batches.length,
    workers: plan.workers,
    distributed: plan.distributed,
    items: workspace.items(step, 'batches'),
  }
}
