/**
 * Rows that repeat the key of another row, across all batches, each with the row that stays. Keys are compared by a 64-bit hash here; the
 * pass hashes the keys found again, independently, and rows that differ are not repeats (data/pass/settle.ts).
 */
import type { Bucket } from './key-file.ts'

export interface Found {
  /** For each batch, the repeating rows in ascending order, each with the batch and row that stays instead. */
  readonly batches: readonly Repeat[][]
  readonly count: number
}

/** Row of its batch, and the batch and row that stays: a flat triple, because there can be many. */
export type Repeat = readonly [row: number, keptBatch: number, keptRow: number]

/** The result of a survey for a batch and a key: the rows that repeat another, and the rows of the batch that stay instead of others. */
export interface Repeats {
  readonly repeats: readonly Repeat[]
  /** Ascending. */
  readonly kept: readonly number[]
}

/** Approximate number of keys that are looked up together: their table stays in the processor's cache, where a lookup costs a tenth. */
const PART_KEYS = 1 << 14

/** All keys of the bucket in the order they are visited, with those that can be equal next to each other. */
interface Parts {
  /** Low and high halves of the hashes, alternating. */
  readonly halves: Uint32Array
  /** The number of each key, counted through all batches. */
  readonly numbers: Uint32Array
  /** Start of each part; last, the end of all. */
  readonly starts: Uint32Array
}

function splitIntoParts(batches: readonly Bucket[], keep: 'first' | 'last', gone: Gone): Parts {
  const total = batches.reduce((sum, { rows }) => sum + rows.length, 0)
  const bits = Math.max(0, Math.ceil(Math.log2(Math.max(1, total) / PART_KEYS)))
  // by the highest bits, as all keys of a bucket share the lowest
  const partOf = (high: number) => (bits === 0 ? 0 : high >>> (32 - bits))
  const starts = new Uint32Array(2 ** bits + 1)
  for (const { halves } of batches)
    for (let at = 1; at < halves.length; at += 2) {
      const part = partOf(halves[at] as number)
      starts[part + 1] = (starts[part + 1] as number) + 1
    }
  for (let part = 1; part < starts.length; part++) starts[part] = (starts[part] as number) + (starts[part - 1] as number)
  const parts: Parts = { halves: new Uint32Array(total * 2), numbers: new Uint32Array(total), starts }
  const next = starts.slice()
  const put = (low: number, high: number, number: number) => {
    const part = partOf(high)
    const to = next[part] as number
    next[part] = to + 1
    parts.halves[2 * to] = low
    parts.halves[2 * to + 1] = high
    parts.numbers[to] = number
  }
  const firsts = firstNumbers(batches)
  // rows that left before come last, so that they never stay in place of another
  for (const left of [false, true]) {
    for (let step = 0; step < batches.length; step++) {
      const batch = keep === 'first' ? step : batches.length - 1 - step
      const own = gone[batch] ?? NONE
      if (left && own.size === 0) continue
      const { halves, rows } = batches[batch] as Bucket
      for (let key = 0; key < rows.length; key++) {
        const at = keep === 'first' ? key : rows.length - 1 - key
        if (own.size > 0 && own.has(rows[at] as number) !== left) continue
        put(halves[2 * at] as number, halves[2 * at + 1] as number, (firsts[batch] as number) + at)
      }
    }
  }
  return parts
}

/** For each batch, rows assumed to have left before as repeats of another key: none of them stays where another row can. */
export type Gone = readonly ReadonlySet<number>[]

const NONE: ReadonlySet<number> = new Set()

/** The number of each batch's first key. */
function firstNumbers(batches: readonly Bucket[]): readonly number[] {
  let number = 0
  return batches.map(({ rows }) => {
    const first = number
    number += rows.length
    return first
  })
}

/**
 * Finds the repeats of one bucket. `batches` are in the order of the dataset; `keep` is the row of a group that stays. A hash of 0 is no
 * key.
 */
export function findRepeats(batches: readonly Bucket[], keep: 'first' | 'last', gone: Gone = []): Found {
  const { halves, numbers, starts } = splitIntoParts(batches, keep, gone)
  const largest = starts.reduce((most, start, part) => Math.max(most, start - (starts[part - 1] ?? 0)), 0)
  const size = 2 ** Math.max(4, Math.ceil(Math.log2(largest * 2 + 1)))
  const mask = size - 1
  // open addressing; an entry is the position of the key that stays plus 1, so that 0 means empty
  const owners = new Uint32Array(size)
  const found = batches.map((): Repeat[] => [])
  const firsts = firstNumbers(batches)
  const rowOf = (number: number): readonly [batch: number, row: number] => {
    const batch = firsts.findLastIndex((first) => first <= number)
    return [batch, (batches[batch] as Bucket).rows[number - (firsts[batch] as number)] as number]
  }
  let count = 0
  const visit = (at: number) => {
    const [low, high] = [halves[2 * at] as number, halves[2 * at + 1] as number]
    if (low === 0 && high === 0) return
    let slot = (Math.imul(low ^ (high >>> 7), 0x9e3779b1) >>> 0) & mask
    for (;;) {
      const owner = owners[slot] as number
      if (owner === 0) {
        owners[slot] = at + 1
        return
      }
      if (halves[2 * (owner - 1)] === low && halves[2 * (owner - 1) + 1] === high) {
        const [batch, row] = rowOf(numbers[at] as number)
        found[batch]?.push([row, ...rowOf(numbers[owner - 1] as number)])
        count++
        return
      }
      slot = (slot + 1) & mask
    }
  }
  for (let part = 0; part + 1 < starts.length; part++) {
    owners.fill(0)
    for (let at = starts[part] as number; at < (starts[part + 1] as number); at++) visit(at)
  }
  for (const list of found) list.sort(([a], [b]) => a - b)
  return { batches: found, count }
}

/** The results to store for each batch, from the repeats of all. */
export function withKept(batches: readonly (readonly Repeat[])[]): Repeats[] {
  const kept = batches.map(() => new Set<number>())
  for (const repeats of batches) for (const [, batch, row] of repeats) kept[batch]?.add(row)
  return batches.map((repeats, batch) => ({ repeats, kept: [...(kept[batch] ?? [])].sort((a, b) => a - b) }))
}

/** As bytes: the number of repeats, a triple for each, then the rows that stay. All u32, little-endian. */
export function encodeRepeats({ repeats, kept }: Repeats): Uint8Array {
  const words = new Uint32Array(1 + 3 * repeats.length + kept.length)
  words[0] = repeats.length
  for (const [at, repeat] of repeats.entries()) words.set(repeat, 1 + 3 * at)
  words.set(kept, 1 + 3 * repeats.length)
  return new Uint8Array(words.buffer)
}

export function decodeRepeats(bytes: Uint8Array): Repeats {
  const words = new Uint32Array(Uint8Array.from(bytes).buffer)
  const count = words[0] ?? 0
  const repeats = Array.from(
    { length: count },
    (_, at): Repeat => [words[1 + 3 * at] as number, words[2 + 3 * at] as number, words[3 + 3 * at] as number],
  )
  return { repeats, kept: [...words.subarray(1 + 3 * count)] }
}
