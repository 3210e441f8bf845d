/**
 * distinct: how many different values. Exact while every hash is kept; for columns in which nearly every value is different, a
 * sample of the hash space (theta sketch): only hashes below a threshold are kept, and their number divided by the share of the
 * space is the estimate, with a relative standard error of 1/√kept. The threshold comes from the number of records of the whole
 * dataset, never from a chunk.
 */
import { defineMeasure } from './measure.ts'

export type DistinctState = {
  /** Hashes below 2^(64−shift) are kept; 0 keeps all. */
  readonly shift: number
  /** The kept hashes, sorted, 8 bytes each, little-endian, in base64. */
  readonly kept: string
}

/** How many hashes of a column in which every value is different are kept, about. */
const KEPT = 65_536

/** The shift for a dataset of so many records. */
export const shiftFor = (records: number) => Math.max(0, Math.ceil(Math.log2(Math.max(1, records) / KEPT)))

const encode = (hashes: BigUint64Array) => Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength).toString('base64')
const decode = (text: string) => {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return new BigUint64Array(bytes.buffer)
}

/** A state from hashes in any order, repeated or not. */
export function distinctState(hashes: BigUint64Array, shift: number): DistinctState {
  const sorted = hashes.slice().sort()
  let count = 0
  for (let at = 0; at < sorted.length; at++) if (at === 0 || sorted[at] !== sorted[at - 1]) sorted[count++] = sorted[at] as bigint
  return { shift, kept: encode(sorted.subarray(0, count)) }
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
  // the hashes are read as a list, not as a part; see the survey
  sql: () => ({}),
  read: ({ shift, kept }) => ({ shift: Number(shift ?? 0), kept: String(kept ?? '') }),
  create: () => ({ shift: 0, kept: '' }),
  merge: (a, b) => {
    if (a.kept === '') return { shift: Math.max(a.shift, b.shift), kept: b.kept }
    if (b.kept === '') return { shift: Math.max(a.shift, b.shift), kept: a.kept }
    return { shift: Math.max(a.shift, b.shift), kept: encode(union(decode(a.kept), decode(b.kept))) }
  },
  value: ({ shift, kept }) => {
    const count = Buffer.byteLength(kept, 'base64') / 8
    return shift === 0
      ? { value: count, exact: true, error: 0 }
      : { value: Math.round(count * 2 ** shift), exact: false, error: Number((1 / Math.sqrt(Math.max(1, count))).toPrecision(2)) }
  },
})
