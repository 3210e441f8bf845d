/** A set of 64-bit hashes by open addressing over halves of 32 bits, without an object per number. */

export interface HashSet {
  /** Adds the hashes of rows `from` to `to` (exclusive) whose count is not 0. */
  add(hashes: BigUint64Array, counts: Float64Array, from: number, to: number): void
  size(): number
  /** The hashes in no particular order. */
  hashes(): BigUint64Array
}

const FIRST_PLACES = 256

/**
 * With a threshold, hashes that are neither below it nor among the `smallest` ones are dropped again: the limit is halved as the set grows,
 * as long as enough hashes stay below it.
 */
export function hashSet(smallest: number, threshold: bigint | null): HashSet {
  // slots as halves, the low one first; 0 is empty, so whether 0 is a member is stored separately
  let places = new Uint32Array(FIRST_PLACES * 2)
  let size = 0
  let hasZero = false
  /** The high half of the limit: hashes must be below it. Only powers of two. */
  let limit = 2 ** 32
  const least = threshold === null ? limit : Number(threshold >> 32n)

  const insert = (low: number, high: number) => {
    const mask = places.length - 2
    let place = (low << 1) & mask
    while (true) {
      const [l, h] = [places[place] as number, places[place + 1] as number]
      if (l === low && h === high) return
      if (l === 0 && h === 0) break
      place = (place + 2) & mask
    }
    places[place] = low
    places[place + 1] = high
    size++
    if (size * 4 > places.length) grow()
  }
  const grow = () => {
    const half = Math.max(least, limit / 2)
    const below = size >= smallest * 4 && half < limit ? membersBelow(half) : 0
    if (below >= smallest) limit = half
    moveTo(below >= smallest ? places.length : places.length * 2)
  }
  const membersBelow = (high: number) => {
    let count = 0
    for (let at = 0; at < places.length; at += 2)
      if ((places[at] !== 0 || places[at + 1] !== 0) && (places[at + 1] as number) < high) count++
    return count
  }
  const moveTo = (length: number) => {
    const before = places
    places = new Uint32Array(length)
    size = 0
    for (let at = 0; at < before.length; at += 2) {
      const [low, high] = [before[at] as number, before[at + 1] as number]
      if ((low !== 0 || high !== 0) && high < limit) insert(low, high)
    }
  }

  return {
    add(hashes, counts, from, to) {
      const halves = new Uint32Array(hashes.buffer, hashes.byteOffset, hashes.length * 2)
      for (let row = from; row < to; row++) {
        if (counts[row] === 0) continue
        const [low, high] = [halves[row * 2] as number, halves[row * 2 + 1] as number]
        if (high >= limit) continue
        if (low === 0 && high === 0) hasZero = true
        else insert(low, high)
      }
    },
    size: () => size + (hasZero ? 1 : 0),
    hashes() {
      const all = new BigUint64Array(size + (hasZero ? 1 : 0))
      const halves = new Uint32Array(all.buffer)
      let goal = hasZero ? 2 : 0
      for (let at = 0; at < places.length; at += 2) {
        const [low, high] = [places[at] as number, places[at + 1] as number]
        if (low === 0 && high === 0) continue
        halves[goal++] = low
        halves[goal++] = high
      }
      return all
    },
  }
}
