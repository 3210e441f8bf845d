/** Decides how a column is read, from the evidence in its sample. */
import type { ColumnPlan, Probably } from '#relational/cells/column-plan.ts'
import { isCodeLike, NULL_VALUES, TEXT_NULL_VALUES } from '#relational/cells/null-values.ts'
import { ANSWERS } from '#relational/cells/boolean-words.ts'
import type { NumberFormat } from '#relational/types/number-forms.ts'
import { type Dates, datesOf, type DateWishes, ORDER_SETTING } from './date-formats.ts'
import { type Numbers, numbersOf } from './number-format.ts'
import { numberType } from './number-type.ts'
import { isProbable, noteCodes, noteNumbers, noteUnits, probableDoubt, typeSetting, unitOf } from './doubts.ts'
import { areVersions, PHONES } from './names.ts'
import { areSerials, errorsIn, formulaNote, noteAnswers, noteSerials, withErrors } from './spreadsheets.ts'
import { isSpreadsheetError } from './spreadsheet-cells.ts'
import { placeholdersOf, withPlaceholders } from './placeholders.ts'
import { nullValuesOf } from '#relational/cells/reading.ts'
import { type ColumnType, isNumeric } from '#relational/types/types.ts'
import type { Evidence } from './evidence.ts'
import { areFew, estimateVariety } from './variety.ts'
import { meaningByName, SEMANTIC_SHAPES } from './semantics.ts'
import { quantityIn } from './units.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { entryOf } from '#core/text/record.ts'

/** A column gets a type if at least this share of its cells has it; the rest are then invalid, not of another type. */
export const ENOUGH = 0.99

export interface Wishes extends DateWishes {
  readonly type?: ColumnType | undefined
  /** Replaces the default null values. */
  readonly null_values?: readonly string[] | null
  /** The decimal mark that the other columns of the dataset show. */
  readonly locale?: '.' | ',' | null
  /** Whether a semicolon delimits the fields of a source. */
  readonly semicolons?: boolean
  /** Why its numbers, or its dates, cannot be read alike in all files. */
  readonly apart?: { readonly numbers?: string | undefined; readonly dates?: string | undefined }
}

export function decide(name: string, evidence: Evidence, wishes: Wishes): ColumnPlan {
  const doubts: string[] = []
  const notes: string[] = []
  const numbers = numbersOf(name, evidence, wishes.locale ?? null, wishes.semicolons ?? false)
  const dates = datesOf(name, evidence, wishes, wishes.apart?.dates)
  const placeholders = wishes.null_values == null ? placeholdersOf(evidence, Math.max(numbers.count, dates.count)) : []
  const readings = { numbers, dates, placeholders, apart: wishes.apart?.numbers }
  const { type, otherwise, probably }: Inferred =
    wishes.type === undefined ? inferType(name, evidence, readings, doubts) : { type: wishes.type }
  const found = nullValues(name, type, evidence, wishes.null_values ?? null, notes) ?? withPlaceholders(name, type, placeholders, doubts)
  const null_values = wishes.null_values == null ? withErrors(name, type, evidence, found, doubts) : found
  const nulls = new Set(nullValuesOf({ type, null_values }))
  const numeric = isNumeric(type)
  const format = wishes.type === undefined ? numbers.format : { ...numbers.format, loose: true }
  if (numeric) noteNumbers(name, evidence, format, notes, doubts)
  if (type === 'date' || type === 'timestamp') doubts.push(...dates.doubts)
  if (type === 'text' && wishes.type === undefined) noteUnits(name, evidence, notes, doubts)
  if (type === 'boolean') notes.push(...noteAnswers(name, evidence))
  if (wishes.type === undefined) doubts.push(...noteSerials(name, type, evidence))
  const isFormula = type === 'text' && wishes.type === undefined && evidence.formula_texts > 0
  if (isFormula) notes.push(formulaNote(name, evidence))
  const formats = dates.formats.length > 0 ? dates.formats : areSerials(evidence) ? ['serial'] : ['%Y-%m-%d']
  const few = evidence.values !== null && areFew(Object.values(evidence.values), evidence.cells)
  return {
    name,
    type,
    ...(wishes.type === undefined && evidence.cells === evidence.missing ? { untyped: true } : {}),
    semantic: semanticOf(name, type, evidence, format),
    from_text: true,
    null_values,
    number: numeric ? format : null,
    date: type === 'date' || type === 'timestamp' ? { to: type, formats } : null,
    ...(isFormula ? { formula_texts: true } : {}),
    dictionary: few,
    padded: evidence.padded > 0,
    worded:
      Object.keys(evidence.words).some((word) => nulls.has(word)) ||
      Object.keys(evidence.errors).some((word) => nulls.has(word)) ||
      placeholders.some(([word]) => nulls.has(word)),
    folded: isFormula ? few : few && type !== 'text' && isWrittenInSeveralWays(type, evidence, dates.formats),
    sketched: evidence.values === null && estimateVariety(evidence.variety) > evidence.cells / 2,
    fixed: wishes.type !== undefined,
    ...(otherwise === undefined ? {} : { otherwise }),
    ...(probably === undefined ? {} : { probably }),
    notes: [...notes, ...doubts],
    ...(doubts.length > 0 ? { doubts } : {}),
  }
}

interface Readings {
  readonly numbers: Numbers
  readonly dates: Dates
  readonly placeholders: readonly (readonly [string, number])[]
  readonly apart: string | undefined
}

interface Inferred {
  readonly type: ColumnType
  readonly otherwise?: ColumnType
  readonly probably?: Probably
}

/** The type of a column, and of a column that stays text the type that a setting would read. */
function inferType(name: string, evidence: Evidence, readings: Readings, doubts: string[]): Inferred {
  const { numbers, dates, placeholders } = readings
  const present = evidence.cells - evidence.missing - errorsIn(evidence) - placeholders.reduce((sum, [, count]) => sum + count, 0)
  if (present <= 0) return { type: 'text' }
  const number = numberType(evidence, numbers) ?? 'float'
  const moment = dates.time ? 'timestamp' : 'date'
  const counted: readonly (readonly [type: ColumnType, cells: number])[] = [
    [number, Math.max(numbers.count, formattedOf(evidence) + evidence.integers + evidence.decimals)],
    [moment, Math.max(dates.count, dates.seen)],
    ['boolean', evidence.booleans],
  ]
  const most = counted.reduce((a, b) => (b[1] > a[1] ? b : a))
  const found = fittingType(name, evidence, present, most[0], readings, doubts)
  if (found.type !== 'text' || 2 * most[1] <= present) return { type: found.type }
  const fitting = most[0] === number ? numbers.count : most[0] === moment ? dates.count : 0
  if (found.said || !isProbable(fitting, present)) return { type: 'text', otherwise: most[0] }
  const probably: Probably = {
    type: most[0],
    number: most[0] === number ? numbers.format : null,
    date: most[0] === moment ? { to: moment, formats: dates.formats } : null,
    null_values: [...NULL_VALUES, ...Object.keys(evidence.errors), ...placeholders.map(([word]) => word)],
    unfit: present - fitting,
    present,
    first: evidence.unfit,
  }
  doubts.push(probableDoubt(name, probably))
  return { type: 'text', otherwise: most[0], probably }
}

/** The type that the cells fit, and whether the reason is said or plain to see where it is text. `otherwise` is the type that a setting names. */
function fittingType(
  name: string,
  evidence: Evidence,
  present: number,
  otherwise: ColumnType,
  { numbers, dates, apart }: Readings,
  doubts: string[],
): { readonly type: ColumnType; readonly said: boolean } {
  const enough = (count: number) => count >= ENOUGH * present
  const read = (type: ColumnType) => ({ type, said: true })
  const setting = typeSetting(name, otherwise)
  const stays = (why: string, with_ = setting) => {
    doubts.push(`"${name}" ${why}; it stays text. To read it otherwise, set ${with_} in the discover step`)
    return read('text')
  }
  // the type alone decides the order of day and month, and not what a month means
  const ways = dates.setting === ORDER_SETTING ? `${dates.setting}, or ${setting},` : dates.setting
  if (dates.against !== null && enough(dates.seen)) return stays(dates.against, ways)
  if (dates.count > 0 && enough(dates.count)) return read(dates.time ? 'timestamp' : 'date')
  if (enough(evidence.booleans) && !COUNTRIES.test(name) && saysYesAndNo(evidence)) return read('boolean')
  const type = numberType(evidence, numbers)
  const looksNumeric = enough(numbers.count)
  if (evidence.coded > 0 || (type === 'integer' && evidence.huge > 0)) {
    if (looksNumeric) noteCodes(name, evidence, setting, doubts)
    return read('text')
  }
  if (type === undefined)
    return looksNumeric ? stays('has numbers with more digits than an exact decimal or a 64-bit float holds') : read('text')
  const against = apart ?? numbers.against
  if (against !== null && numbers.count + formattedOf(evidence) >= ENOUGH * present) return stays(against)
  if (!looksNumeric) return { type: 'text', said: false }
  if (type === 'integer' && PHONES.test(name) && evidence.smallest >= 1_000_000) return read('text')
  if (type !== 'integer' && areVersions(name, evidence)) return read('text')
  return read(type)
}

const formattedOf = ({ numbers }: Evidence) => Object.values(numbers).reduce((sum, cells) => sum + cells, 0)

/** Names of columns of countries, in which NO is Norway and SI Slovenia. */
const COUNTRIES = /countr|nation|(^|[^a-z])(land|pa[iíy]s|paese|kraj)([^a-z]|$)/i
/** Words that mean yes or no even without their counterpart: a box that is ticked or left empty. */
const CLEAR: ReadonlySet<string> = new Set(['true', 'false', 'yes'])

/**
 * Whether the words answer a yes-or-no question. They must occur in pairs, because `F` alone is a sex, `N` a direction and `NO` Norway; and
 * no other text may occur more than once, because `No answer` is a third answer, not an error.
 */
function saysYesAndNo({ values, words: nullValuesSeen }: Evidence): boolean {
  if (values === null) return false
  const counts = new Map<string, number>()
  for (const [value, count] of Object.entries(values)) {
    const word = trimmedText(value)
    if (word !== '' && !Object.hasOwn(nullValuesSeen, word) && !isSpreadsheetError(word))
      counts.set(word.toLowerCase(), (counts.get(word.toLowerCase()) ?? 0) + count)
  }
  const paired = new Set<string>(ANSWERS.flatMap(([yes, no]) => (counts.has(yes) && counts.has(no) ? [yes, no] : [])))
  const known = new Set<string>(ANSWERS.flat())
  return [...counts].every(([word, count]) => (known.has(word) ? paired.has(word) || CLEAR.has(word) : count === 1))
}

/** The null values of a text column with codes: `NA` among many similar codes is a code if it is not much more frequent than they are. */
function nullValues(
  name: string,
  type: ColumnType,
  evidence: Evidence,
  wish: readonly string[] | null,
  notes: string[],
): readonly string[] | null {
  if (wish !== null) return [...new Set(['', ...wish])]
  if (type !== 'text') return null
  const present = evidence.cells - evidence.missing
  const values = Object.entries(evidence.values ?? {})
  // a code is about as frequent as the others
  const mostOf = (word: string) =>
    Math.max(
      0.05 * evidence.cells,
      1.5 * values.reduce((most, [value, times]) => (trimmedText(value) === word ? most : Math.max(most, times)), 0),
    )
  const codes = Object.entries(evidence.words).flatMap(([word, count]) => {
    const alike = entryOf(evidence.codes, String(word.length)) ?? 0
    const isCode = isCodeLike(word) && present >= 20 && alike >= 0.9 * present && count <= mostOf(word)
    return isCode ? [word] : []
  })
  if (codes.length === 0) return null
  notes.push(`"${name}" holds codes; ${codes.map((word) => `"${word}"`).join(' and ')} is read as one of them, not as a missing value`)
  return TEXT_NULL_VALUES.filter((word) => !codes.includes(word))
}

/** Whether equal values may be written differently, so that rows cannot be compared by their text. */
function isWrittenInSeveralWays(type: ColumnType, evidence: Evidence, formats: readonly string[]): boolean {
  if (type === 'date' || type === 'timestamp') return formats.length > 1
  if (type === 'boolean') return evidence.listed > 2
  const values = Object.keys(evidence.values ?? {}).map((value) => trimmedText(value))
  return new Set(values.map(Number)).size < new Set(values).size
}

function semanticOf(name: string, type: ColumnType, evidence: Evidence, number: NumberFormat): string | null {
  const present = evidence.cells - evidence.missing
  if (present === 0) return null
  if (type === 'date' || type === 'timestamp') return type === 'date' ? 'date' : 'timestamp'
  if (isNumeric(type) && number.share !== undefined) return 'percentage'
  if (isNumeric(type) && number.symbols.length > 0) return 'currency'
  const share = (semantic: string) => (entryOf(evidence.semantics, semantic) ?? 0) / present
  if (type === 'text') {
    for (const { name: semantic } of SEMANTIC_SHAPES) {
      const threshold = semantic === 'email' || semantic === 'phone' ? 0.7 : 0.9
      if (semantic === 'phone' && !PHONES.test(name)) continue
      if (semantic === 'country' && !(/countr|nation/i.test(name) ? share(semantic) >= 0.5 : share(semantic) >= 0.95 && present >= 20))
        continue
      if (share(semantic) >= threshold || semantic === 'country') return semantic
    }
    const unit = unitOf(evidence)
    if (unit !== null) return quantityIn(unit)
  }
  return meaningByName(name, type, evidence.smallest, evidence.largest)
}

/**
 * What kind of values a column holds, as far as this distinguishes columns without names: `number`, `text`, a date, or `code2`: codes of two
 * letters. Null for a column without values.
 */
export function valueShape(evidence: Evidence): string | null {
  const present = evidence.cells - evidence.missing
  if (present === 0) return null
  const { type } = decide('', evidence, { date_order: 'auto' })
  if (isNumeric(type)) return 'number'
  const code = Object.entries(evidence.codes).find(([, count]) => count >= 0.9 * present)
  return type === 'text' && code !== undefined ? `code${code[0]}` : type
}
