/** Words that stand for "no value" in a column of numbers or dates: found from the data, because every source has its own. */
import { isCodeLike, NULL_VALUES } from '#relational/cells/null-values.ts'
import type { ColumnType } from '#relational/types/types.ts'
import type { Evidence } from './evidence.ts'

/** At least this share of the other cells is of the type. */
const NEARLY_ALL = 0.99
/** All placeholders together are at most this share of the column. */
const MOST = 0.2
const MAX_WORDS = 3
const MIN_TIMES = 3
/** Numbers that take few values are answers or sizes, beside which a word is one more of them. */
const MIN_VALUES = 10

/** The placeholders with their counts, if `typed` cells are numbers or dates and nearly all of the others are few repeated words. */
export function placeholdersOf(evidence: Evidence, typed: number): readonly (readonly [word: string, count: number])[] {
  if (evidence.others === null || evidence.listed < MIN_VALUES) return []
  const words = Object.entries(evidence.others).filter(([word, count]) => count >= MIN_TIMES && isWord(word))
  const cells = words.reduce((sum, [, count]) => sum + count, 0)
  const present = evidence.cells - evidence.missing
  // a few misfits are quarantined: then somebody sees them
  if (typed >= NEARLY_ALL * present) return []
  const isPlausible = words.length > 0 && words.length <= MAX_WORDS && cells <= MOST * present
  return isPlausible && typed >= NEARLY_ALL * (present - cells) ? words : []
}

/** Short text that is no code: `unknown`, `sold out`, `keine Angabe`. */
const isWord = (word: string) => word.length >= 3 && word.length <= 20 && !isCodeLike(word) && !/^[A-Z]$/.test(word)

/** The null values of a column with placeholders; null if it has none. */
export function withPlaceholders(
  name: string,
  type: ColumnType,
  placeholders: readonly (readonly [string, number])[],
  doubts: string[],
): readonly string[] | null {
  if (placeholders.length === 0 || type === 'text' || type === 'boolean') return null
  const found = placeholders.map(([word, count]) => `${JSON.stringify(word)} (${count} times)`).join(' and ')
  doubts.push(
    `"${name}": ${found} in a column of type ${type} is read as "no value". To keep it, set types: {${JSON.stringify(name)}: text} or null_values in the discover step`,
  )
  return [...NULL_VALUES, ...placeholders.map(([word]) => word)]
}
