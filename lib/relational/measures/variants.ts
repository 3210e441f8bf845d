/** Values that differ only in how they are written, from the exact counts of a column with few values. */
import type { ColumnFacts } from './facts.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { record } from '#core/text/record.ts'
import { bestSpelling, conventionOf } from './spelling.ts'

export interface Variants {
  /** What each variant becomes. */
  readonly values: { readonly [from: string]: string }
  /** Cells that change. */
  readonly count: number
}

/** Meanings in which a comma or a capital may distinguish two values. */
const EXACT: ReadonlySet<string> = new Set(['id', 'url', 'uuid', 'ip'])

/** A number with a unit: `12.0 oz` and `12.0 oz.` are the same amount, and neither spelling is what the number should become. */
const AMOUNT = /^[+-]?\d[\d.,]*\s*[\p{L}%°"']{1,6}\.?$/u

/** Why the values of a column are not compared; null if they are. */
export function notCompared({ type, semantic, values, distinct, rows, missing }: ColumnFacts): string | null {
  if (rows === missing) return null
  if (type !== 'text') return `only text is compared, and it is ${type}`
  if (EXACT.has(semantic ?? '')) return `it holds values of the form ${semantic}, in which case and punctuation can matter`
  if (values !== null) return null
  const count = `${distinct.exact ? '' : 'about '}${distinct.value.toLocaleString('en')}`
  return `it has too many different values to compare (${count}); name the spellings in a map rule`
}

/** A spelling and the cells that have it. */
export interface Spelling {
  readonly value: string
  readonly cells: number
}

/** Spellings of one value: the one that stays, and those that would become it. */
export interface SpellingGroup {
  readonly stays: Spelling
  readonly others: readonly Spelling[]
}

/**
 * Groups the values by a key; only groups of several values. In each a well-formed spelling stays, then one that follows the convention of the
 * column, then the most frequent one, then the first in code point order. The counts are of cells as written, so white space at the ends does
 * not make a variant here.
 */
function groupsBy(facts: ColumnFacts, key: (value: string) => string): readonly SpellingGroup[] {
  const counts = new Map<string, number>()
  const missing = new Set(facts.null_values)
  const listed = facts.type === 'text' && !EXACT.has(facts.semantic ?? '') ? (facts.values ?? []) : []
  for (const [value, count] of listed) {
    const trimmed = trimmedText(value)
    if (!missing.has(trimmed) && !AMOUNT.test(trimmed)) counts.set(trimmed, (counts.get(trimmed) ?? 0) + count)
  }
  const groups = new Map<string, string[]>()
  for (const value of counts.keys()) {
    const at = key(value)
    groups.set(at, [...(groups.get(at) ?? []), value])
  }
  const convention = conventionOf([...groups.values()], counts)
  const spelling = (value: string): Spelling => ({ value, cells: counts.get(value) ?? 0 })
  return [...groups.values()].flatMap((group) => {
    const best = bestSpelling(group, counts, convention)
    const others = group.filter((other) => other !== best).map(spelling)
    return others.length === 0 ? [] : [{ stays: spelling(best), others }]
  })
}

/** What the groups change. */
function variants(facts: ColumnFacts, key: (value: string) => string): Variants {
  const changes = groupsBy(facts, key).flatMap(({ stays, others }) => others.map((one) => ({ ...one, to: stays.value })))
  return {
    values: record(changes.map(({ value, to }) => [value, to])),
    count: changes.reduce((sum, { cells }) => sum + cells, 0),
  }
}

/** Values that differ only in case: `electronics`, `Electronics`. */
export const caseVariants = (facts: ColumnFacts) => variants(facts, foldCase)

/** Values that differ only in case, spaces, accents or meaningless punctuation: `U.S.A.`, `USA`. */
export const spellingVariants = (facts: ColumnFacts) => variants(facts, fingerprint)

/** The groups that `spellingVariants` merges; that with the most cells to change first. */
export const spellingGroups = (facts: ColumnFacts): readonly SpellingGroup[] =>
  [...groupsBy(facts, fingerprint)].sort((a, b) => changedIn(b) - changedIn(a))

const changedIn = ({ others }: SpellingGroup) => others.reduce((sum, { cells }) => sum + cells, 0)

/** In texts of one or two letters, case may be the only difference: `Aa` is not `AA`, `Mb` not `MB`. */
const foldCase = (value: string) => ((value.match(/\p{L}/gu)?.length ?? 0) < 3 ? value : value.toLowerCase())

/**
 * Normalises how a value is written. OpenRefine's fingerprint method, except that words keep their order and gaps, and punctuation is
 * removed only among letters: `A+`, `C#`, `<10`, `-8`, `1.5` and `10-14` are not A, C, 10, 8, 15 and 1014.
 */
export function fingerprint(value: string): string {
  const plain = foldCase(value.normalize('NFD').replace(/\p{M}/gu, ''))
    .replace(/(?<!\d)\.(?!\d)|(?<=\p{L})['’`](?=\p{L})/gu, '')
    .replace(/(?<=\p{L})\s*(?:[-_,;:]\s*(?=\p{L})|[,;:]$)/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  // values of punctuation only stay distinct
  return plain === '' ? value : plain
}
