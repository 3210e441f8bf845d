/** Chance that is the same on every machine, and cells of delimited text: for the generators of example data. */

/** A small generator of chance (mulberry32, Tommy Ettinger, public domain): the same seed gives the same files. */
export function chance(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    below: (limit: number) => Math.floor(next() * limit),
    pick: <Item>(items: readonly Item[]) => items[Math.floor(next() * items.length)] as Item,
    happens: (share: number) => next() < share,
  }
}

export type Chance = ReturnType<typeof chance>

export const two = (value: number) => String(value).padStart(2, '0')

const cell = (value: string) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
/** A record of CSV, its cells quoted where they must be. */
export const line = (values: readonly string[]) => values.map(cell).join(',')
