/** Keys of batches as files of buckets, and the rows that repeat one: against the plain way of finding them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bucket, encodeKeys, readBucket } from '#data/survey/key-file.ts'
import { decodeRepeats, encodeRepeats, findRepeats, type Repeat, type Repeats, withKept } from '#data/survey/repeats.ts'

const file = (bytes: Uint8Array) => ({ read: async (offset: number, length: number) => bytes.subarray(offset, offset + length) })

/** The repeats of all buckets together, as a step finds them. */
async function repeatsOf(batches: readonly (readonly bigint[])[], buckets: number, keep: 'first' | 'last'): Promise<Repeat[][]> {
  const files = batches.map((hashes) => file(encodeKeys(BigUint64Array.from(hashes), buckets)))
  const found = batches.map((): Repeat[] => [])
  for (let bucket = 0; bucket < buckets; bucket++) {
    const loaded: Bucket[] = []
    for (const one of files) loaded.push(await readBucket(one, buckets, bucket))
    const { batches: repeats, count } = findRepeats(loaded, keep)
    expect(count).toBe(repeats.reduce((sum, { length }) => sum + length, 0))
    for (const [batch, list] of repeats.entries()) found[batch]?.push(...list)
  }
  return found.map((list) => list.sort(([a], [b]) => a - b))
}

/** The same, without buckets, parts or tables. */
function plainly(batches: readonly (readonly bigint[])[], keep: 'first' | 'last'): Repeat[][] {
  const keys = batches.flatMap((hashes, batch) => hashes.map((hash, row) => ({ hash, batch, row })))
  const stays = new Map<bigint, { batch: number; row: number }>()
  const found = batches.map((): Repeat[] => [])
  for (const { hash, batch, row } of keep === 'first' ? keys : keys.toReversed()) {
    const kept = stays.get(hash)
    if (hash === 0n) continue
    if (kept === undefined) stays.set(hash, { batch, row })
    else found[batch]?.push([row, kept.batch, kept.row])
  }
  return found.map((list) => list.sort(([a], [b]) => a - b))
}

// few different ones, that differ in their high bits only or in their low ones only, and 0, which is no key
const hash = fc.oneof(
  fc.constantFrom(0n, 1n, 2n ** 63n, 2n ** 64n - 1n, 0xffff_ffffn),
  fc.nat(20).map((n) => BigInt(n) << 32n),
  fc.nat(20).map(BigInt),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
)

describe('repeated keys', () => {
  it.each(['first', 'last'] as const)('are found across batches whatever the number of buckets, the %s row staying', async (keep) => {
    const batches = fc.array(fc.array(hash, { maxLength: 60 }), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(batches, fc.constantFrom(1, 2, 8), async (all, buckets) => {
        expect(await repeatsOf(all, buckets, keep)).toEqual(plainly(all, keep))
      }),
      { numRuns: 200 },
    )
  })

  it.each(['first', 'last'] as const)('are found among more keys than one part holds, the %s row staying', async (keep) => {
    // multiples of an odd number visit every 64-bit number once, so the repeats are those made here
    const key = (number: number) => BigInt.asUintN(64, BigInt(number) * 0x9e37_79b9_7f4a_7c15n)
    const batches = [0, 1, 2, 3].map((batch) =>
      Array.from({ length: 20_000 }, (_, row) => key(row % 100 === 0 ? 7 + row : batch * 20_000 + row + 1)),
    )
    const expected = plainly(batches, keep)
    expect(expected.flat().length).toBeGreaterThan(500)
    expect(await repeatsOf(batches, 1, keep)).toEqual(expected)
    expect(await repeatsOf(batches, 4, keep)).toEqual(expected)
  })

  it.each(['first', 'last'] as const)('of rows that left before stay in place of no row that is there, the %s row staying', (keep) => {
    const small = fc.nat(6).map(BigInt)
    const marked = fc.array(fc.array(fc.tuple(small, fc.boolean()), { maxLength: 12 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(marked, (all) => {
        const batches = all.map((rows) => {
          const hashes = BigUint64Array.from(rows, ([one]) => one)
          return { halves: new Uint32Array(hashes.buffer), rows: Uint32Array.from(rows.keys()) }
        })
        const gone = all.map((rows) => new Set([...rows.keys()].filter((row) => rows[row]?.[1])))
        const places = all.flatMap((rows, batch) => rows.map(([key, left], row) => ({ key, left, batch, row })))
        if (keep === 'last') places.reverse()
        const stays = new Map<bigint, (typeof places)[number]>()
        const expected = all.map((): Repeat[] => [])
        for (const place of [...places.filter(({ left }) => !left), ...places.filter(({ left }) => left)]) {
          const kept = stays.get(place.key)
          if (place.key === 0n) continue
          if (kept === undefined) stays.set(place.key, place)
          else expected[place.batch]?.push([place.row, kept.batch, kept.row])
        }
        for (const list of expected) list.sort(([a], [b]) => a - b)
        expect(findRepeats(batches, keep, gone).batches).toEqual(expected)
        // where nobody knows of rows that left, none have
        expect(findRepeats(batches, keep, []).batches).toEqual(findRepeats(batches, keep).batches)
      }),
      { numRuns: 200 },
    )
  })

  it('leave with a batch the rows of it that stay, each once and in order', () => {
    const batches: Repeat[][] = [
      [[4, 0, 2]],
      [
        [0, 0, 2],
        [1, 1, 9],
        [3, 0, 1],
        [5, 1, 9],
      ],
      [],
    ]
    expect(withKept(batches)).toEqual([
      { repeats: batches[0], kept: [1, 2] },
      { repeats: batches[1], kept: [9] },
      { repeats: [], kept: [] },
    ])
  })

  it('come back from their bytes', () => {
    const found: Repeats = {
      repeats: [
        [1, 0, 0],
        [4_000_000_000, 11, 299_999],
      ],
      kept: [0, 7, 4_000_000_001],
    }
    expect(decodeRepeats(encodeRepeats(found))).toEqual(found)
    expect(decodeRepeats(encodeRepeats({ repeats: [], kept: [] }))).toEqual({ repeats: [], kept: [] })
  })
})
