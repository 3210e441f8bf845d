/**
 * Rows that repeat the key of another row, across all batches: for each the row that stays. Exact but for the chance that two
 * different keys share a 64-bit hash: about n²/2^65, four in ten million for 3.6 million rows.
 */
import type { Bucket } from './key-file.ts'

export interface Repeats {
  /** For each batch, the repeating rows in ascending order, each with the batch and row that stays instead. */
  readonly batches: readonly Repeat[][]
  readonly count: number
}

/** Row of its batch, and the batch and row that stays: a flat triple, because there may be many. */
export type Repeat = readonly [row: number, keptBatch: number, keptRow: number]

/** Finds the repeats of one bucket. `batches` in the order of the dataset; `keep` says which row of a group stays. A hash of 0 is no key. */
export function findRepeats(batches: readonly Bucket[], keep: 'first' | 'last'): Repeats {
  const total = batches.reduce((sum, { rows }) => sum + rows.length, 0)
  const size = 2 ** Math.max(4, Math.ceil(Math.log2(total * 2 + 1)))
  const mask = size - 1
  // open addressing; an entry is the batch and position of the row that stays, shifted by one so that 0 means empty
  const ownerBatch = new Uint32Array(size)
  const ownerAt = new Uint32Array(size)
  const found = batches.map((): Repeat[] => [])
  let count = 0
  const visit = (batch: number, at: number) => {
    const { halves, rows } = batches[batch] as Bucket
    const [low, high] = [halves[2 * at] as number, halves[2 * at + 1] as number]
    if (low === 0 && high === 0) return
    let slot = (Math.imul(low ^ (high >>> 7), 0x9e3779b1) >>> 0) & mask
    for (;;) {
      const owner = ownerBatch[slot] as number
      if (owner === 0) {
        ownerBatch[slot] = batch + 1
        ownerAt[slot] = at
        return
      }
      const kept = batches[owner - 1] as Bucket
      const position = ownerAt[slot] as number
      if (kept.halves[2 * position] === low && kept.halves[2 * position + 1] === high) {
        found[batch]?.push([rows[at] as number, owner - 1, kept.rows[position] as number])
        count++
        return
      }
      slot = (slot + 1) & mask
    }
  }
  const order = keep === 'first' ? batches.keys() : [...batches.keys()].reverse()
  for (const batch of order) {
    const length = (batches[batch] as Bucket).rows.length
    if (keep === 'first') for (let at = 0; at < length; at++) visit(batch, at)
    else for (let at = length - 1; at >= 0; at--) visit(batch, at)
  }
  for (const list of found) list.sort(([a], [b]) => a - b)
  return { batches: found, count }
}

/** Repeats of a batch as bytes: triples of u32. */
export const encodeRepeats = (repeats: readonly Repeat[]) => new Uint8Array(Uint32Array.from(repeats.flat()).buffer)

export function decodeRepeats(bytes: Uint8Array): Repeat[] {
  const words = new Uint32Array(Uint8Array.from(bytes).buffer)
  return Array.from({ length: words.length / 3 }, (_, at) => [
    words[3 * at] as number,
    words[3 * at + 1] as number,
    words[3 * at + 2] as number,
  ])
}
