/**
 * The rows of a batch whose key occurs more than once, for each flag about repeats: which of them repeat another row, and their fate in the
 * pass. The accounts of all batches together prove that every duplicate repeats a row that was written (see settle.ts).
 */
import type { Repeats } from '#data/survey/repeats.ts'

export interface Members {
  /** Ascending. */
  readonly rows: Uint32Array
  /** 1 for a row that repeats the row that stays, else 0. */
  readonly repeats: Uint8Array
}

/** The fate of each member, and a second, independent hash of its key. */
export interface MemberFates {
  readonly rows: Uint32Array
  readonly fates: Uint32Array
  readonly proofs: BigUint64Array
}

/** It was written. */
export const WRITTEN = 0
/** A rule about single rows quarantined or filtered it. */
export const LEFT = 1
/** It was removed as a repeat; flags about repeats are numbered in order. */
export const removedBy = (number: number) => 2 + number

/** The members of a batch, from the survey; `repeated` replaces its choice if that was settled again. */
export function membersOf({ repeats, kept }: Repeats, repeated: readonly number[] = repeats.map(([row]) => row)): Members {
  const rows = Uint32Array.from(new Set([...repeats.map(([row]) => row), ...kept])).sort()
  const repeating = new Set(repeated)
  return { rows, repeats: Uint8Array.from(rows, (row) => (repeating.has(row) ? 1 : 0)) }
}

/** As bytes: the number of flags, the number of members of each, then rows, fates and proofs of each. Little-endian. */
export function encodeFates(flags: readonly MemberFates[]): Uint8Array {
  const words = new Uint32Array(1 + flags.length + flags.reduce((sum, { rows }) => sum + 4 * rows.length, 0))
  words[0] = flags.length
  let at = 1 + flags.length
  for (const [number, { rows, fates, proofs }] of flags.entries()) {
    words[1 + number] = rows.length
    words.set(rows, at)
    words.set(fates, at + rows.length)
    words.set(new Uint32Array(proofs.buffer, proofs.byteOffset, proofs.length * 2), at + 2 * rows.length)
    at += 4 * rows.length
  }
  return new Uint8Array(words.buffer)
}

export function decodeFates(bytes: Uint8Array): MemberFates[] {
  const words = new Uint32Array(Uint8Array.from(bytes).buffer)
  let at = 1 + (words[0] ?? 0)
  return Array.from({ length: words[0] ?? 0 }, (_, number) => {
    const count = words[1 + number] as number
    const part = (from: number, length: number) => words.slice(at + from * count, at + from * count + length)
    const found = { rows: part(0, count), fates: part(1, count), proofs: new BigUint64Array(part(2, 2 * count).buffer) }
    at += 4 * count
    return found
  })
}
