/** null_values: cells that say "nothing here" become missing. */
import { allOf, anyOf, isOneOf } from '#relational/types/sql.ts'
import { defineCell, sameType } from './cell.ts'
import { trimmedSql } from '#relational/types/white-space.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { trim } from './trim.ts'

/** What people write for "no value"; compared with the cell as it stands, so each usual capitalisation is listed. */
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

/** Words that are an answer as often as they say "no value": the damage done was none, the tooth is missing. In text they stay what they say. */
const ANSWERS: ReadonlySet<string> = new Set(['none', 'None', 'NONE', 'nil', 'NIL', 'missing', 'Missing'])

/** The null words of text columns. */
export const TEXT_NULL_VALUES: readonly string[] = NULL_VALUES.filter((word) => !ANSWERS.has(word))

/** Those that are written like a code of two or three letters: `NA` is Namibia, `NAN` the airport of Nadi. */
export const isCodeLike = (word: string) => /^[A-Z]{2,3}$/.test(word)

/** A condition that costs next to nothing for the cells longer than any of the words, and for numbers where no word begins with a digit. */
function isNullToken(cell: string, tokens: readonly string[]): string {
  const longest = Math.max(0, ...tokens.map((word) => Buffer.byteLength(word)))
  const noNumber = tokens.some((word) => /^\d/.test(word)) ? [] : [anyOf([`${cell} < '0'`, `${cell} >= ':'`])]
  return allOf([...noNumber, `strlen(${cell}) <= ${longest}`, isOneOf(cell, tokens)])
}

/** `padded`: white space at the ends of the cells says nothing either. */
export const nullValues = defineCell<{ tokens: readonly string[]; padded?: boolean }>({
  name: 'null_values',
  summary: 'Cells that say "no value" in words become missing.',
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
