/** How long one task works, and how many requests to the store it makes, by what it works on: figures to expect, not what will be. */
import { taskSpec, type Work } from '#core/task/tasks.ts'

/** The size of a task's work. */
export interface Load {
  /** Bytes of its source or batch, or of everything it combines. */
  readonly bytes: number
  /** Sources it reads, or sources, batches or tasks it combines. */
  readonly items: number
}

/** A task of another version has not been measured, and is taken to be like a segment. */
function workOf(task: string): Work {
  const found = taskSpec(task) ?? taskSpec('segment')
  if (found === undefined) throw new Error('the registry has no segment')
  return found.work
}

/** Bytes per second that a function reads from S3: an assumption, as AWS guarantees none. */
const READ_SPEED = 75e6

/** Bytes per request. Source: lib/io/bytes/ahead.ts. */
const WINDOW = 1 << 23

/** Megabytes of memory that come with one full processor; less memory gets a smaller share. Source: Lambda developer guide, "Configure Lambda function memory". */
export const ONE_PROCESSOR = 1769

/**
 * Seconds of a task in a function with this memory. Reading is assumed to precede the work, though the two overlap; a second processor
 * is assumed to be of no use.
 */
export function secondsOf(task: string, { bytes, items }: Load, memory: number): number {
  const { seconds, reads } = workOf(task)
  const [base, gigabyte, item] = seconds
  const work = base + gigabyte * (bytes / 1e9) + item * items
  return work * Math.max(1, ONE_PROCESSOR / memory) + (reads ? bytes / READ_SPEED : 0)
}

/** Requests to S3; those that list cost as much as those that write. */
export function requestsOf(task: string, { bytes, items }: Load): { readonly gets: number; readonly puts: number } {
  const { gets, puts, reads } = workOf(task)
  return { gets: gets[0] + gets[1] * items + (reads ? Math.ceil(bytes / WINDOW) : 0), puts: puts[0] + puts[1] * items }
}
