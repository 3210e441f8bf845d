/** parse_boolean: yes and no in words to true and false. */
import { anyOf, text } from '../sql.ts'
import { defineCell } from './cell.ts'

export const TRUE_WORDS = ['true', 'yes', 'y', 't', 'on'] as const
export const FALSE_WORDS = ['false', 'no', 'n', 'f', 'off'] as const

const spellings = (words: readonly string[]) => [
  ...new Set(words.flatMap((word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)])),
]
const says = (cell: string, words: readonly string[]) => anyOf(spellings(words).map((word) => `${cell} = ${text(word)}`))

export const parseBoolean = defineCell({
  name: 'parse_boolean',
  summary: 'Yes and no in words become true and false; anything else becomes missing.',
  type: () => 'boolean',
  sql: (cell) => `CASE WHEN ${says(cell, TRUE_WORDS)} THEN TRUE WHEN ${says(cell, FALSE_WORDS)} THEN FALSE END`,
  changes: (cell) => `(${says(cell, TRUE_WORDS)} OR ${says(cell, FALSE_WORDS)}) AND ${cell} <> 'true' AND ${cell} <> 'false'`,
})
