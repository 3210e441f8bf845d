/** parse_boolean: converts words for yes and no to true and false. */
import { allOf, anyOf, isOneOf } from '#relational/types/sql.ts'
import { defineCell } from './cell.ts'

export const TRUE_WORDS = ['true', 'yes', 'y', 't', 'on'] as const
export const FALSE_WORDS = ['false', 'no', 'n', 'f', 'off'] as const

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

export const parseBoolean = defineCell<BooleanOptions>({
  name: 'parse_boolean',
  summary: 'Converts words for yes and no to true and false; anything else becomes missing.',
  type: () => 'boolean',
  sql: (cell, options) => `CASE WHEN ${says(cell, TRUE_WORDS, options)} THEN TRUE WHEN ${says(cell, FALSE_WORDS, options)} THEN FALSE END`,
  changes: (cell, options) =>
    allOf([anyOf([says(cell, TRUE_WORDS, options), says(cell, FALSE_WORDS, options)]), `${cell} <> 'true'`, `${cell} <> 'false'`]),
  narrowed: (_options, values) => ({ among: [...values] }),
})
