/**
 * distinct: the number of distinct values, by their hashes. Exact if every hash is kept. A sketch keeps the smallest hashes and all below a
 * threshold that depends on the number of records of the dataset: which hashes it keeps depends only on the values, not on chunks or their
 * order. With few values all hashes are kept, so their number is exact. Otherwise the share of the hash space that was kept gives the
 * estimate: (k − 1) / U, where U is the largest of k kept hashes as a share of the space (Beyer et al., "On synopses for distinct-value
 * estimation under multiset operations", SIGMOD 2007), or the number below the threshold divided by the threshold (Dasgupta et al., "A
 * framework for estimating stream expression cardinalities", ICDT 2016). The relative standard error is about 1/√k.
 */
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { hashSet } from './hash-set.ts'
import { defineMeasure } from './measure.ts'

export type DistinctState = {
  /** Hashes below 2^(64−shift) are kept, and this many of the smallest; a shift of 0 keeps all. */
  readonly shift: number
  readonly smallest: number
  /** The kept hashes, sorted, 8 bytes each, little-endian, in base64. */
  readonly kept: string
}

const NONE: DistinctState = { shift: 0, smallest: 0, kept: '' }

/** The approximate number of kept hashes of a column in which every value is different. */
const KEPT = 65_536
/**
 * The number of smallest hashes a sketch always keeps: fewer values are counted exactly. Text is sketched only if a sample shows that
 * nearly every value is different, so few are needed; the same numbers are in assembly/measure/tables.ts. Nothing is known in advance of
 * other columns.
 */
const SMALLEST = { text: 4096, typed: 16_384 } as const

type Sketch = Omit<DistinctState, 'kept'>

/** The sketch of a column in a dataset with this many records. */
export const sketchOf = ({ sketched, from_text }: Pick<ColumnPlan, 'sketched' | 'from_text'>, records: number): Sketch => ({
  shift: sketched ? shiftFor(records) : 0,
  smallest: from_text ? SMALLEST.text : SMALLEST.typed,
})

const shiftFor = (records: number) => Math.max(0, Math.ceil(Math.log2(Math.max(1, records) / KEPT)))

const thresholdOf = (shift: number) => (shift === 0 ? 0n : 1n << BigInt(64 - shift))

const encode = (hashes: BigUint64Array) => Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength).toString('base64')
const decode = (text: string) => {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return new BigUint64Array(bytes.buffer)
}

/** Builds a state from hashes in any order, possibly repeated: all of them, or at least those a sketch keeps. */
export function distinctState(hashes: BigUint64Array, sketch: Sketch): DistinctState {
  const sorted = hashes.slice().sort()
  let count = 0
  for (let at = 0; at < sorted.length; at++) if (at === 0 || sorted[at] !== sorted[at - 1]) sorted[count++] = sorted[at] as bigint
  return { ...sketch, kept: encode(keptOf(sorted.subarray(0, count), sketch)) }
}

/** The sorted hashes that a sketch keeps. */
function keptOf(sorted: BigUint64Array, { shift, smallest }: Sketch): BigUint64Array {
  return shift === 0 ? sorted : sorted.subarray(0, Math.max(smallest, below(sorted, thresholdOf(shift))))
}

/** How many sorted hashes are below a limit. */
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
  summary: 'The number of distinct values.',
  appliesTo: () => true,
  sql: () => ({}),
  collect: {
    of: 'hash',
    create(column, records) {
      const sketch = sketchOf(column, records)
      const set = hashSet(sketch.smallest, sketch.shift === 0 ? null : thresholdOf(sketch.shift))
      return {
        add: (values, counts, from, to) => set.add(values as BigUint64Array, counts, from, to),
        state: () => distinctState(set.hashes(), sketch),
      }
    },
  },
  read: () => NONE,
  create: () => NONE,
  merge: (a, b) => {
    const sketch = { shift: Math.max(a.shift, b.shift), smallest: Math.max(a.smallest, b.smallest) }
    const all = a.kept === '' ? decode(b.kept) : b.kept === '' ? decode(a.kept) : union(decode(a.kept), decode(b.kept))
    return { ...sketch, kept: encode(keptOf(all, sketch)) }
  },
  value: ({ shift, smallest, kept }) => {
    const hashes = decode(kept)
    const count = hashes.length
    if (shift === 0 || count < smallest) return { value: count, exact: true, error: 0 }
    const known = below(hashes, thresholdOf(shift))
    const estimate = known >= smallest ? known * 2 ** shift : ((count - 1) * 2 ** 64) / (Number(hashes[count - 1]) + 1)
    return { value: Math.max(count, Math.round(estimate)), exact: false, error: Number((1 / Math.sqrt(count)).toPrecision(2)) }
  },
})
