/** How many tasks work at a time, and whether they are executions of their own: by the bytes, unless the author says. */

export interface ResourceSettings {
  /** Tasks at a time; 0: chosen by the tiers. */
  readonly workers: number
  /** Smallest first; the last has no `max_bytes`. */
  readonly tiers: readonly { readonly max_bytes?: number; readonly workers: number; readonly distributed: boolean }[]
  readonly task_bytes: number
}

/** More items than this do not fit into one execution: its concurrency, its history and its payload are bounded. */
const MAX_INLINE = 400

export function chooseSizing(bytes: number, { workers, tiers, task_bytes }: ResourceSettings, items: number) {
  const tier = tiers.find(({ max_bytes }) => max_bytes === undefined || bytes < max_bytes) ?? { workers: 1, distributed: false }
  return { task_bytes, workers: Number(workers) > 0 ? Number(workers) : tier.workers, distributed: tier.distributed || items > MAX_INLINE }
}
