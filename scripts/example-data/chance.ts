/** Chance that is the same on every machine, and cells of delimited text: for the generators of example data. */
import { seeded } from '../../test/kit/chance.ts'

/** The same seed gives the same files. */
export function chance(seed: number) {
  const next = seeded(seed)
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
