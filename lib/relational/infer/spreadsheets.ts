/** What exports of spreadsheets leave in cells: errors, texts written as formulas, serial dates; and words for yes and no, which are said. */
import { ANSWERS, ENGLISH } from '#relational/cells/boolean-words.ts'
import { NULL_VALUES, TEXT_NULL_VALUES } from '#relational/cells/null-values.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { count } from '#core/text/numbers.ts'
import { trimmedText } from '#core/text/white-space.ts'
import type { Evidence } from './evidence.ts'

export const errorsIn = ({ errors }: Evidence) => Object.values(errors).reduce((sum, times) => sum + times, 0)

const asText = (name: string) => `types: {${JSON.stringify(name)}: text}`

/** The null values of a column with the errors it holds; `known` are its other ones, null for the defaults. */
export function withErrors(
  name: string,
  type: ColumnType,
  { errors }: Evidence,
  known: readonly string[] | null,
  doubts: string[],
): readonly string[] | null {
  const found = Object.entries(errors)
  if (found.length === 0) return known
  const listed = found.map(([error, times]) => `${JSON.stringify(error)} (${count(times, 'cell')})`).join(' and ')
  doubts.push(
    `"${name}" has errors of a spreadsheet: ${listed}; they are read as "no value". To keep them as text, set null_values in the discover step`,
  )
  return [...(known ?? (type === 'text' ? TEXT_NULL_VALUES : NULL_VALUES)), ...found.map(([error]) => error)]
}

export const formulaNote = (name: string, { formula_texts }: Evidence) =>
  `"${name}" has ${count(formula_texts, 'text')} written as a formula, such as ="0002", which is read as 0002; to keep it as written, set ${asText(name)} in the discover step`

/** Days since 1900 that are dates between 1954 and 2064. */
const SERIALS = { from: 20_000, to: 60_000 }
/** Names of columns of dates. */
const DATES = /(^|[^a-zà-ÿ])(date|datum|fecha|giorno|jour|dato|dátum|päivä|дата)([^a-zà-ÿ]|$)|[a-z]Date$/i

/** Whether all cells are numbers that a spreadsheet may show as dates. */
export function areSerials(evidence: Evidence): boolean {
  const { cells, missing, integers, decimals, smallest, largest } = evidence
  const present = cells - missing - errorsIn(evidence)
  return present > 0 && integers + decimals === present && smallest >= SERIALS.from && largest < SERIALS.to
}

/** A finding about numbers that may be dates, which a setting decides. */
export function noteSerials(name: string, type: ColumnType, evidence: Evidence): readonly string[] {
  if ((type !== 'integer' && type !== 'decimal') || !DATES.test(name) || !areSerials(evidence)) return []
  const to = evidence.decimals > 0 ? 'timestamp' : 'date'
  return [
    `"${name}" has numbers from ${evidence.smallest} to ${evidence.largest}, which may be dates as spreadsheets count them; they stay numbers. To read them as dates, set types: {${JSON.stringify(name)}: ${to}} in the discover step`,
  ]
}

/** What words of other languages than English were read as. */
export function noteAnswers(name: string, { values }: Evidence): readonly string[] {
  const words = new Set(Object.keys(values ?? {}).map((value) => trimmedText(value).toLowerCase()))
  const pairs = ANSWERS.filter(([yes, no]) => words.has(yes) && words.has(no) && !(ENGLISH.has(yes) && ENGLISH.has(no)))
  return pairs.map(
    ([yes, no]) => `"${name}": ${yes} is read as true and ${no} as false; to keep the words, set ${asText(name)} in the discover step`,
  )
}
