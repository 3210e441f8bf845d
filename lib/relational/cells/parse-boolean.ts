/** parse_boolean: converts words for yes and no to true and false. English words are tried first, because they are the most frequent. */
import { allOf, anyOf, isOneOf } from '#relational/types/sql.ts'
import { ENGLISH, FALSE_WORDS, TRUE_WORDS } from './boolean-words.ts'
import { defineCell } from './cell.ts'

const spellings = (words: readonly string[]) => [
  ...new Set(words.flatMap((word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)])),
]

/** `among`: all texts that occur, if known. */
type BooleanOptions = { readonly among?: readonly string[] }

const says = (cell: string, words: readonly string[], { among }: BooleanOptions) =>
  isOneOf(
    cell,
    spellings(words).filter((word) => among === undefined || among.includes(word)),
  )

const english = (words: readonly string[]) => words.filter((word) => ENGLISH.has(word))
const other = (words: readonly string[]) => words.filter((word) => !ENGLISH.has(word))

export const parseBoolean = defineCell<BooleanOptions>({
  name: 'parse_boolean',
  summary: 'Converts words for yes and no to true and false; anything else becomes missing.',
  type: () => 'boolean',
  sql: (cell, options) =>
    `CASE ${[english, other]
      .map((some) => `WHEN ${says(cell, some(TRUE_WORDS), options)} THEN TRUE WHEN ${says(cell, some(FALSE_WORDS), options)} THEN FALSE`)
      .join(' ')} END`,
  changes: (cell, options) =>
    allOf([anyOf([says(cell, TRUE_WORDS, options), says(cell, FALSE_WORDS, options)]), `${cell} <> 'true'`, `${cell} <> 'false'`]),
  narrowed: (_options, values) => ({ among: [...values] }),
})
