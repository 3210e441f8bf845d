/**
 * The hashes of a key for one batch, as bytes: split into buckets by the hash, so that rows which can be equal are in the same bucket of
 * every batch, and one bucket at a time fits into memory. Layout: the count of each bucket (u32), then for each bucket its hashes (u64)
 * and, with more than one bucket, their rows (u32). Little-endian.
 */
import type { ByteSource } from '#io/bytes/source.ts'

/** Approximate rows per bucket, for any size of dataset. */
const BUCKET_ROWS = 4_000_000

/** A power of two, so that a bucket is the lowest bits of the hash. */
export const bucketsFor = (records: number) => 2 ** Math.max(0, Math.ceil(Math.log2(records / BUCKET_ROWS)))

export interface Bucket {
  /** Low and high halves of the hashes, alternating. */
  readonly halves: Uint32Array
  /** The row of each, counted in the batch. */
  readonly rows: Uint32Array
}

export function encodeKeys(hashes: BigUint64Array, buckets: number): Uint8Array {
  const halves = new Uint32Array(hashes.buffer, hashes.byteOffset, hashes.length * 2)
  const counts = new Uint32Array(buckets)
  const mask = buckets - 1
  for (let row = 0; row < hashes.length; row++)
    counts[(halves[2 * row] as number) & mask] = (counts[(halves[2 * row] as number) & mask] as number) + 1
  const withRows = buckets > 1
  const bytes = new Uint8Array(4 * buckets + hashes.length * (withRows ? 12 : 8))
  const words = new Uint32Array(bytes.buffer)
  words.set(counts)
  if (!withRows) {
    words.set(halves, buckets)
    return bytes
  }
  // word index of the next hash and row of each bucket
  let at = buckets
  const hashAt = Uint32Array.from(counts, (count) => {
    const start = at
    at += count * 3
    return start
  })
  const rowAt = Uint32Array.from(counts, (count, bucket) => (hashAt[bucket] as number) + count * 2)
  for (let row = 0; row < hashes.length; row++) {
    const bucket = (halves[2 * row] as number) & mask
    words[hashAt[bucket] as number] = halves[2 * row] as number
    words[(hashAt[bucket] as number) + 1] = halves[2 * row + 1] as number
    words[rowAt[bucket] as number] = row
    hashAt[bucket] = (hashAt[bucket] as number) + 2
    rowAt[bucket] = (rowAt[bucket] as number) + 1
  }
  return bytes
}

/** Reads one bucket of the file, and otherwise only the counts. */
export async function readBucket(file: Pick<ByteSource, 'read'>, buckets: number, bucket: number): Promise<Bucket> {
  const counts = await readWords(file, 0, buckets)
  const count = counts[bucket] as number
  if (buckets === 1) {
    const rows = new Uint32Array(count)
    for (let row = 0; row < count; row++) rows[row] = row
    return { halves: await readWords(file, 1, count * 2), rows }
  }
  const start = counts.subarray(0, bucket).reduce((entries, other) => entries + other * 3, buckets)
  const words = await readWords(file, start, count * 3)
  return { halves: words.subarray(0, count * 2), rows: words.subarray(count * 2) }
}

/** A copy, because the bytes can start anywhere in their buffer. */
const readWords = async (file: Pick<ByteSource, 'read'>, start: number, words: number) =>
  new Uint32Array(new Uint8Array(await file.read(start * 4, words * 4)).buffer)
