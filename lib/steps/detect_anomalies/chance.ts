/** Random numbers that are the same for the same seed (mulberry32). */

/** Numbers from 0 to below 1. Source: Tommy Ettinger, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function chanceFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A uniform sample of at most `size` items of a sequence (reservoir sampling, algorithm R). */
export function sampler<Item>(size: number, chance: () => number) {
  const items: Item[] = []
  let seen = 0
  return {
    items,
    add: (item: Item) => {
      seen++
      if (items.length < size) items.push(item)
      else {
        const at = Math.floor(chance() * seen)
        if (at < size) items[at] = item
      }
    },
  }
}
