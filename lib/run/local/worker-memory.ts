/** The memory that the worker processes of a run get. */
import { totalmem } from 'node:os'

/** Default share of the machine's memory for all tasks together. */
const SHARE = 0.5
const LEAST = 256_000_000
const MOST = 4_000_000_000

/** Bytes for each of the processes. `limit` is that of the definition for the whole run; undefined: a share of the machine's memory. */
export const workerMemory = (limit: number | undefined, processes: number): number =>
  Math.min(MOST, Math.max(LEAST, (limit ?? totalmem() * SHARE) / processes))
