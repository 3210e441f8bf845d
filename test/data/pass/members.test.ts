/** The members of a flag about keys, and their fates as bytes. */
import { describe, expect, it } from 'vitest'
import { decodeFates, encodeFates, LEFT, membersOf, removedBy, WRITTEN } from '#data/pass/members.ts'

describe('members', () => {
  it('are the rows that repeat and those that stay, in order, each once', () => {
    const repeats = {
      repeats: [
        [7, 1],
        [3, 1],
      ] as never,
      kept: [5, 3, 1],
    }
    const { rows, repeats: marks } = membersOf(repeats)
    expect([[...rows], [...marks]]).toEqual([
      [1, 3, 5, 7],
      [0, 1, 0, 1],
    ])
    // chosen again, other rows repeat
    expect([...membersOf(repeats, [1, 5]).repeats]).toEqual([1, 0, 1, 0])
  })
})

describe('fates', () => {
  const one = (...rows: readonly number[]) => ({
    rows: Uint32Array.from(rows),
    fates: Uint32Array.from(rows, (_, at) => [WRITTEN, LEFT, removedBy(0), removedBy(3)][at % 4] as number),
    proofs: BigUint64Array.from(rows, (row) => 2n ** 63n + BigInt(row)),
  })

  it('come back from their bytes, whatever the number of flags and of members', () => {
    for (const flags of [[], [one()], [one(1, 2, 3)], [one(4), one(), one(0, 2 ** 32 - 1, 7, 8, 9), one(5, 6)]]) {
      const bytes = encodeFates(flags)
      expect(decodeFates(bytes)).toEqual(flags)
      const members = flags.reduce((sum, { rows }) => sum + rows.length, 0)
      expect(bytes.length).toBe(4 * (1 + flags.length + 4 * members))
      // not at the beginning of their buffer
      const within = new Uint8Array(bytes.length + 3)
      within.set(bytes, 3)
      expect(decodeFates(within.subarray(3))).toEqual(flags)
    }
  })
})
