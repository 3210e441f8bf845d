/** How long one task works, and how many requests to the store it makes, by what it works on: figures to expect, not what will be. */
import { taskSpec, type Work } from '#core/task/tasks.ts'

/** What a task works on. */
export interface Load {
  /** Bytes of its own source or batch, or of all it brings together. */
  readonly bytes: number
  /** Sources it reads, or sources, batches or tasks it brings together. */
  readonly items: number
}

/** A task of another version has not been measured, and is taken to be like a segment. */
function workOf(task: string): Work {
  const found = taskSpec(task) ?? taskSpec('segment')
  if (found === undefined) throw new Error('the registry has no segment')
  return found.work
}

/** Bytes a second a function reads from S3: an assumption, as AWS promises none. */
const READ_SPEED = 75e6

/** Bytes fetched by one request. Source: lib/io/bytes/ahead.ts. */
const WINDOW = 1 << 23

/** Megabytes that come with one whole processor; with less memory comes less of it. Source: Lambda developer guide, "Configure Lambda function memory". */
export const ONE_PROCESSOR = 1769

/**
 * Seconds in a function of so many megabytes. Reading is taken to come before the work, though the two overlap; a second processor is
 * taken to be of no use.
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
