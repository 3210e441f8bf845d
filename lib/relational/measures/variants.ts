/** Values that are the same but for the way they are written, from the exact counts of a column with few values. */
import type { ColumnFacts } from './facts.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { record } from '#core/text/record.ts'

export interface Variants {
  /** What each variant becomes. */
  readonly values: { readonly [from: string]: string }
  /** Cells that change. */
  readonly count: number
}

/** Where a comma or a capital may tell two things apart. */
const EXACT: ReadonlySet<string> = new Set(['id', 'url', 'uuid', 'ip'])

/** Why the values of a column are not compared; null where they are. */
export function notCompared({ type, semantic, values, distinct, rows, missing }: ColumnFacts): string | null {
  if (rows === missing) return null
  if (type !== 'text') return `only text is compared, and it is ${type}`
  if (EXACT.has(semantic ?? '')) return `it holds values of the form ${semantic}, in which case and punctuation can matter`
  if (values !== null) return null
  const count = `${distinct.exact ? '' : 'about '}${distinct.value.toLocaleString('en')}`
  return `it has too many different values to compare (${count}); name the spellings in a map rule`
}

/**
 * Groups the values by a key; in each group the most frequent spelling wins (on a tie the first in code point order).
 * The counts are those of the cells as written, so white space at the ends does not count as a variant here.
 */
function variants(facts: ColumnFacts, key: (value: string) => string): Variants {
  const counts = new Map<string, number>()
  const missing = new Set(facts.null_values)
  const listed = facts.type === 'text' && !EXACT.has(facts.semantic ?? '') ? (facts.values ?? []) : []
  for (const [value, count] of listed) {
    const trimmed = trimmedText(value)
    if (!missing.has(trimmed)) counts.set(trimmed, (counts.get(trimmed) ?? 0) + count)
  }
  const groups = new Map<string, string[]>()
  for (const value of counts.keys()) {
    const at = key(value)
    groups.set(at, [...(groups.get(at) ?? []), value])
  }
  const result = record<string>()
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
export const caseVariants = (facts: ColumnFacts) => variants(facts, foldCase)

/** Values that differ in case, spaces, accents or punctuation that means nothing: `U.S.A.`, `USA`. */
export const spellingVariants = (facts: ColumnFacts) => variants(facts, fingerprint)

/** In one or two letters case is all there may be to tell things apart: `Aa` is not `AA`, `Mb` not `MB`. */
const foldCase = (value: string) => ((value.match(/\p{L}/gu)?.length ?? 0) < 3 ? value : value.toLowerCase())

/**
 * What a value says, without the ways of writing it. OpenRefine's fingerprint method, but words keep their order and their gaps, and
 * a mark goes only where it stands among letters: `A+`, `C#`, `<10`, `-8`, `1.5` and `10-14` are not A, C, 10, 8, 15 and 1014.
 */
export function fingerprint(value: string): string {
  const plain = foldCase(value.normalize('NFD').replace(/\p{M}/gu, ''))
    .replace(/(?<!\d)\.(?!\d)|(?<=\p{L})['’`](?=\p{L})/gu, '')
    .replace(/(?<=\p{L})\s*(?:[-_,;:]\s*(?=\p{L})|[,;:]$)/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  // values that are all punctuation stay apart
  return plain === '' ? value : plain
}
