/**
 * Cost of one task by kind: processor seconds, and requests to the store. Measured with `npm run bench -- work`, on the nine-step
 * example: 360,000 and 3,600,000 rows of 35 columns (0.32 and 3.19 GB of CSV in 12 files), one task at a time, on an AMD EPYC with Node
 * 20.20.2, on 2026-11-24. A Lambda of 1769 MB has one processor and is assumed to be as fast. Other pipelines differ: the figures are
 * estimates. `exchange` is not in the example; it is assumed to cost as much as `segment`.
 */
import { entryOf } from '#core/text/record.ts'

/** The size of a task's work. */
export interface Load {
  /** Bytes of its source or batch, or of everything it combines. */
  readonly bytes: number
  /** Sources it reads, or sources, batches or tasks it combines. */
  readonly items: number
}

interface Work {
  /** Seconds per task, per gigabyte, and per item. */
  readonly seconds: readonly [base: number, gigabyte: number, item: number]
  /** Read requests, and write or list requests, per task and per item. */
  readonly gets: readonly [base: number, item: number]
  readonly puts: readonly [base: number, item: number]
  /** Whether the task reads its bytes from S3. */
  readonly reads: boolean
}

const WORK: { readonly [task: string]: Work } = {
  prepare: { seconds: [0.4, 0, 0], gets: [1, 0], puts: [1, 0], reads: false },
  list: { seconds: [0.05, 0, 0], gets: [1, 0], puts: [3, 0], reads: false },
  inspect: { seconds: [1, 2.2, 0], gets: [2, 0], puts: [3, 0], reads: true },
  plan: { seconds: [0.05, 0, 0.015], gets: [2, 1], puts: [3, 0], reads: false },
  assess: { seconds: [0.05, 0, 0], gets: [3, 0], puts: [2, 0], reads: false },
  survey: { seconds: [0.3, 18.4, 0], gets: [2, 1], puts: [3, 0], reads: true },
  facts: { seconds: [3.1, 0, 0.1], gets: [38, 2], puts: [2, 1], reads: false },
  segment: { seconds: [0, 19.2, 0], gets: [5, 1], puts: [4, 0], reads: true },
  commit: { seconds: [0.1, 0, 0.14], gets: [4, 3], puts: [4, 0], reads: false },
  exchange: { seconds: [0, 19.2, 0], gets: [5, 1], puts: [4, 0], reads: true },
  control: { seconds: [0.06, 0, 0], gets: [43, 1], puts: [3, 0], reads: false },
  finalize: { seconds: [0.3, 0, 0.01], gets: [43, 1], puts: [9, 0], reads: false },
}

/** A task that is not listed has not been measured, and is assumed to cost as much as a segment. */
function workOf(task: string): Work {
  const found = entryOf(WORK, task) ?? WORK['segment']
  if (found === undefined) throw new Error('the table of work has no segment')
  return found
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
