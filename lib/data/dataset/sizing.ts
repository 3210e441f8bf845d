/** Chooses the number of parallel tasks and whether maps are distributed: by the bytes, unless the author sets it. */

export interface ResourceSettings {
  /** Parallel tasks; 0: chosen by the tiers. */
  readonly workers: number
  /** Smallest first; the last has no `max_bytes`. */
  readonly tiers: readonly { readonly max_bytes?: number; readonly workers: number; readonly distributed: boolean }[]
  readonly task_bytes: number
}

/** Maximum number of items within one execution, whose concurrency, history and payload are limited. */
const MAX_INLINE = 400

export function chooseSizing(bytes: number, { workers, tiers, task_bytes }: ResourceSettings, items: number) {
  const tier = tiers.find(({ max_bytes }) => max_bytes === undefined || bytes < max_bytes) ?? { workers: 1, distributed: false }
  return { task_bytes, workers: Number(workers) > 0 ? Number(workers) : tier.workers, distributed: tier.distributed || items > MAX_INLINE }
}
