/** The file of a batch's keys: its buckets and its bytes. */
import { describe, expect, it } from 'vitest'
import { bucketsFor, encodeKeys, readBucket } from '#data/survey/key-file.ts'

describe('buckets', () => {
  it.each([
    [0, 1],
    [1, 1],
    [4_000_000, 1],
    [4_000_001, 2],
    [8_000_000, 2],
    [8_000_001, 4],
    [100_000_000, 32],
  ])('for %i records are %i', (records, buckets) => {
    expect(bucketsFor(records)).toBe(buckets)
  })
})

describe('a file of keys', () => {
  const hashes = BigUint64Array.from([5n, 2n ** 63n + 4n, 7n, 2n ** 40n + 1n])

  it('of one bucket is the count and the hashes, as they stand', () => {
    const bytes = encodeKeys(hashes, 1)
    expect(bytes.length).toBe(4 + 4 * 8)
    expect([...new Uint32Array(bytes.buffer)]).toEqual([4, 5, 0, 4, 2 ** 31, 7, 0, 1, 2 ** 8])
  })

  it('of more buckets has the rows of each behind its hashes', () => {
    const bytes = encodeKeys(hashes, 2)
    expect(bytes.length).toBe(2 * 4 + 4 * 12)
    expect([...new Uint32Array(bytes.buffer)]).toEqual([1, 3, 4, 2 ** 31, 1, 5, 0, 7, 0, 1, 2 ** 8, 0, 2, 3])
  })

  it('is read bucket by bucket, and no byte more than the counts and the bucket', async () => {
    const bytes = encodeKeys(hashes, 2)
    const reads: [number, number][] = []
    const file = {
      read: async (start: number, length: number) => {
        reads.push([start, length])
        return bytes.subarray(start, start + length)
      },
    }
    const { halves, rows } = await readBucket(file, 2, 1)
    expect([...halves]).toEqual([5, 0, 7, 0, 1, 2 ** 8])
    expect([...rows]).toEqual([0, 2, 3])
    expect(reads).toEqual([
      [0, 8],
      [20, 36],
    ])
  })
})
