/** Values that are the same but for the way they are written, from the exact counts of a column with few values. */
import type { ColumnFacts } from '../../../measures/facts.ts'
import { NULL_WORDS } from '../../../relation/cells/null-words.ts'

export interface Variants {
  /** What each variant becomes. */
  readonly values: { readonly [from: string]: string }
  /** Cells that change. */
  readonly count: number
}

const MISSING = new Set<string>(NULL_WORDS)

/**
 * Groups the values by a key; in each group the most frequent spelling wins (on a tie the first in code point order).
 * The counts are those of the cells as written, so white space at the ends does not count as a variant here.
 */
export function variants(facts: ColumnFacts, key: (value: string) => string): Variants {
  const counts = new Map<string, number>()
  for (const [value, count] of facts.values ?? []) {
    const trimmed = value.trim()
    if (!MISSING.has(trimmed)) counts.set(trimmed, (counts.get(trimmed) ?? 0) + count)
  }
  const groups = new Map<string, string[]>()
  for (const value of counts.keys()) {
    const at = key(value)
    groups.set(at, [...(groups.get(at) ?? []), value])
  }
  const result: Record<string, string> = {}
  let changed = 0
  for (const group of groups.values()) {
    const best = group.reduce((a, b) => ((counts.get(b) ?? 0) > (counts.get(a) ?? 0) || (counts.get(b) === counts.get(a) && b < a) ? b : a))
    for (const value of group.filter((other) => other !== best)) {
      result[value] = best
      changed += counts.get(value) ?? 0
    }
  }
  return { values: result, count: changed }
}

/** Values that differ in case only: `electronics`, `Electronics`. */
export const caseVariants = (facts: ColumnFacts) => variants(facts, (value) => value.toLowerCase())

/** Values that differ in case, spaces, punctuation or accents only: `U.S.A.`, `USA`. The fingerprint method of OpenRefine, without reordering words. */
export const spellingVariants = (facts: ColumnFacts) => variants(facts, fingerprint)

export function fingerprint(value: string): string {
  const plain = value
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
  // values that are all punctuation (`+`, `-/-`) stay apart
  return plain === '' ? value : plain
}
