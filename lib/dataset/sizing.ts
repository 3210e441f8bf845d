/** How many tasks work at a time, and whether they are executions of their own: by the bytes, unless the author says. */
import type { Resources } from '../definition/definition.ts'

export type ResourceSettings = Pick<Resources, 'tiers' | 'task_bytes'> & { readonly workers: number }

/** More items than this do not fit into one execution: its concurrency, its history and its payload are bounded. */
const MOST_INLINE = 400

export function chooseSizing(bytes: number, { workers, tiers, task_bytes }: ResourceSettings, items: number) {
  const tier = tiers.find(({ max_bytes }) => max_bytes === undefined || bytes < max_bytes) ?? { workers: 1, distributed: false }
  return { task_bytes, workers: Number(workers) > 0 ? Number(workers) : tier.workers, distributed: tier.distributed || items > MOST_INLINE }
}
