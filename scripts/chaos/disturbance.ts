/** A kind of disturbance: something that happens to runs, or is given to them, and that must lose nothing. */

/** Cases of one kind, ready to be tried. */
export interface Cases {
  /** Tries one case; gives what was done, for the table. Throws when something did not hold, or a `Skipped`. */
  one(number: number, random: () => number): Promise<string>
}

export interface Disturbance {
  readonly name: string
  /** What is done, for the table. */
  readonly title: string
  /** What must hold, for the table. */
  readonly holds: string
  /** Cases that are tried unless the command line says otherwise, and in the short form. */
  readonly cases: { readonly usual: number; readonly short: number }
  /** Whether a case runs in the process that tries it; it is then given a process that may crash. */
  readonly inProcess: boolean
  /** Prepares the cases; `folder` is empty, and removed afterwards. */
  open(folder: string): Promise<Cases>
}

/** What a case needs is not on this machine. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

export function assert(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

/** One of a list. */
export function pick<Item>(list: readonly Item[], random: () => number): Item {
  if (list.length === 0) throw new Error('there is nothing to choose from')
  return list[Math.floor(random() * list.length)] as Item
}
