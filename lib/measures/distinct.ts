/**
 * distinct: how many different values, by their hashes. Exact where every hash is kept. A sketch keeps the smallest hashes and all
 * below a threshold that comes from the number of records of the dataset: which hashes it keeps depends on the values only, not on
 * chunks or their order. Few values are all among the smallest, so their number is exact. Otherwise the share of the hash space that
 * was kept gives the estimate: (k − 1) / U, where U is the largest of k kept hashes as a share of the space (Beyer et al., "On synopses
 * for distinct-value estimation under multiset operations", SIGMOD 2007), or the number below the threshold divided by the
 * threshold (Dasgupta et al., "A framework for estimating stream expression cardinalities", ICDT 2016). The relative standard error
 * is about 1/√k.
 */
import { hashSet } from './hash-set.ts'
import { defineMeasure } from './measure.ts'

export type DistinctState = {
  /** Hashes below 2^(64−shift) are kept, and the smallest ones; 0 keeps all. */
  readonly shift: number
  /** The kept hashes, sorted, 8 bytes each, little-endian, in base64. */
  readonly kept: string
}

const NONE: DistinctState = { shift: 0, kept: '' }

/** How many hashes of a column in which every value is different lie below the threshold, about. */
const KEPT = 65_536
/** Hashes a sketch keeps whatever they are; as in assembly/measure/tables.ts. Up to one less, the number of values is exact. */
export const SMALLEST = 16_384

/** The shift for a dataset of so many records. */
export const shiftFor = (records: number) => Math.max(0, Math.ceil(Math.log2(Math.max(1, records) / KEPT)))

const thresholdOf = (shift: number) => (shift === 0 ? 0n : 1n << BigInt(64 - shift))

const encode = (hashes: BigUint64Array) => Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength).toString('base64')
const decode = (text: string) => {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return new BigUint64Array(bytes.buffer)
}

/** A state from hashes in any order, repeated or not: all there are, or at least those a sketch keeps. */
export function distinctState(hashes: BigUint64Array, shift: number): DistinctState {
  const sorted = hashes.slice().sort()
  let count = 0
  for (let at = 0; at < sorted.length; at++) if (at === 0 || sorted[at] !== sorted[at - 1]) sorted[count++] = sorted[at] as bigint
  return { shift, kept: encode(keptOf(sorted.subarray(0, count), shift)) }
}

/** Of sorted hashes those a sketch keeps. */
function keptOf(sorted: BigUint64Array, shift: number): BigUint64Array {
  return shift === 0 ? sorted : sorted.subarray(0, Math.max(SMALLEST, below(sorted, thresholdOf(shift))))
}

/** How many of the sorted hashes lie below a limit. */
function below(sorted: BigUint64Array, limit: bigint): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as bigint) < limit) low = middle + 1
    else high = middle
  }
  return low
}

function union(a: BigUint64Array, b: BigUint64Array): BigUint64Array {
  const all = new BigUint64Array(a.length + b.length)
  let [i, j, count] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] as bigint, b[j] as bigint]
    // biome-ignore lint/complexity/useMathMinMax: Math.min takes no bigint
    all[count++] = x < y ? x : y
    if (x <= y) i++
    if (y <= x) j++
  }
  while (i < a.length) all[count++] = a[i++] as bigint
  while (j < b.length) all[count++] = b[j++] as bigint
  return all.subarray(0, count)
}

export const distinct = defineMeasure<DistinctState, { value: number; exact: boolean; error: number }>({
  name: 'distinct',
  summary: 'How many different values there are.',
  appliesTo: () => true,
  sql: () => ({}),
  collect: {
    of: 'hash',
    create({ sketched }, records) {
      const shift = sketched ? shiftFor(records) : 0
      const set = hashSet(SMALLEST, shift === 0 ? null : thresholdOf(shift))
      return {
        add: (values, counts, from, to) => set.add(values as BigUint64Array, counts, from, to),
        state: () => distinctState(set.hashes(), shift),
      }
    },
  },
  read: () => NONE,
  create: () => NONE,
  merge: (a, b) => {
    const shift = Math.max(a.shift, b.shift)
    const all = a.kept === '' ? decode(b.kept) : b.kept === '' ? decode(a.kept) : union(decode(a.kept), decode(b.kept))
    return { shift, kept: encode(keptOf(all, shift)) }
  },
  value: ({ shift, kept }) => {
    const hashes = decode(kept)
    const count = hashes.length
    if (shift === 0 || count < SMALLEST) return { value: count, exact: true, error: 0 }
    const known = below(hashes, thresholdOf(shift))
    const estimate = known >= SMALLEST ? known * 2 ** shift : ((count - 1) * 2 ** 64) / (Number(hashes[count - 1]) + 1)
    return { value: Math.max(count, Math.round(estimate)), exact: false, error: Number((1 / Math.sqrt(count)).toPrecision(2)) }
  },
})
