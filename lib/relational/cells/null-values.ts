/** null_values: makes cells with a text for "no value" missing. */
import { allOf, anyOf, isOneOf } from '#relational/types/sql.ts'
import { defineCell, sameType } from './cell.ts'
import { trimmedSql } from '#relational/types/white-space.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { trim } from './trim.ts'

/** Texts for "no value", compared with the cell unchanged: each usual capitalisation is listed. */
export const NULL_VALUES = [
  '',
  '-',
  '--',
  '?',
  '\\N',
  'NA',
  'na',
  'N/A',
  'n/a',
  'N/a',
  '#N/A',
  'NaN',
  'nan',
  'NAN',
  'null',
  'NULL',
  'Null',
  'none',
  'None',
  'NONE',
  'nil',
  'NIL',
  'missing',
  'Missing',
  '(null)',
  '<NA>',
] as const

/**
 * Texts that are as often an answer as they mean "no value": the damage done was none, the tooth is missing. In text columns they are kept.
 */
const ANSWERS: ReadonlySet<string> = new Set(['none', 'None', 'NONE', 'nil', 'NIL', 'missing', 'Missing'])

/** The default null values of text columns. */
export const TEXT_NULL_VALUES: readonly string[] = NULL_VALUES.filter((word) => !ANSWERS.has(word))

/** Null values that look like a code of two or three letters: `NA` is Namibia, `NAN` the airport of Nadi. */
export const isCodeLike = (word: string) => /^[A-Z]{2,3}$/.test(word)

/** A condition that costs almost nothing for cells longer than any null value, and for numbers if no null value begins with a digit. */
function isNullToken(cell: string, tokens: readonly string[]): string {
  const longest = Math.max(0, ...tokens.map((word) => Buffer.byteLength(word)))
  const noNumber = tokens.some((word) => /^\d/.test(word)) ? [] : [anyOf([`${cell} < '0'`, `${cell} >= ':'`])]
  return allOf([...noNumber, `strlen(${cell}) <= ${longest}`, isOneOf(cell, tokens)])
}

/** `padded`: white space at the ends of the cells is also ignored. */
export const nullValues = defineCell<{ tokens: readonly string[]; padded?: boolean }>({
  name: 'null_values',
  summary: 'Makes cells with a text for "no value" missing.',
  type: sameType,
  sql: (cell, { tokens, padded = false }, _before, once) => {
    const missing = (said: string) => `CASE WHEN ${isNullToken(said, tokens)} THEN NULL ELSE ${cell} END`
    return padded ? once(trim.sql(cell, {}, 'text'), missing) : missing(cell)
  },
  changes: (cell, { tokens, padded = false }) =>
    isNullToken(
      padded ? trimmedSql(cell) : cell,
      tokens.filter((word) => word !== ''),
    ),
  becomes: (cell, { tokens, padded = false }) => (cell !== null && tokens.includes(padded ? trimmedText(cell) : cell) ? null : cell),
  narrowed: ({ tokens, padded = false }, values) => {
    const said = padded ? new Set([...values].map(trimmedText)) : values
    return { tokens: tokens.filter((word) => said.has(word)), padded: padded && [...values].some((value) => trimmedText(value) !== value) }
  },
})
