/**
 * Corrects column plans after a survey. Types, formats and lists of values were decided from a sample; the survey has seen every cell.
 * Where the sample was misleading, the column is replanned and the dataset surveyed again.
 */
import { ENOUGH } from '#relational/infer/decide.ts'
import { shapeOfNumber } from '#relational/infer/number-shape.ts'
import { isShare } from '#relational/types/number-forms.ts'
import type { ColumnPlan, Probably } from '#relational/cells/column-plan.ts'
import { nullValuesOf } from '#relational/cells/reading.ts'
import { probableDoubt, typeSetting } from '#relational/infer/doubts.ts'
import type { WideNumbers } from '#relational/measures/counts.ts'
import { MAX_MIXED_SCALE, roomyDecimal } from '#relational/infer/number-type.ts'
import { type ColumnType, type DecimalType, digitsOf, FLOAT_DIGITS, isNumeric } from '#relational/types/types.ts'
import { dateForm, isEpochMillis, isEpochSeconds, orderedFormat, orderShown } from '#relational/types/dates.ts'
import { languageOfMonths, type WordedKey, wordedFormat, wordedKey } from '#relational/types/worded-dates.ts'

export interface Finding {
  readonly invalid: number
  /** Numbers with more digits than the type has. */
  readonly wide: WideNumbers
  /** Digits that the type cannot hold as they are, such as 007. */
  readonly coded: number
  /** For a list of values: whether one that does not fit the type occurs more than once. */
  readonly repeated: boolean
  /** The first cell that does not fit the type. */
  readonly first: string | null
  readonly present: number
  /** Whether a list of values became too long. */
  readonly overflow: boolean
  /** What the list of values shows; false for columns that are measured cell by cell. */
  readonly padded: boolean
  readonly worded: boolean
  readonly folded: boolean
}

/** Maximum number of surveys; after the last, columns are read as planned, and rows that do not fit are quarantined. */
export const ROUNDS = 4

/** The corrected plan of a column, or the same object if it was right. */
export function corrected(plan: ColumnPlan, finding: Finding): ColumnPlan {
  const listed = finding.overflow ? { ...plan, dictionary: false, sketched: false, folded: false } : widened(plan, finding)
  if (finding.overflow || plan.fixed) return listed
  return retyped(listed, finding)
}

/** Keys must be compared as standardised wherever standardising changes something. */
function widened(plan: ColumnPlan, { padded, worded, folded }: Finding): ColumnPlan {
  const grows = plan.dictionary && ((padded && !plan.padded) || (worded && !plan.worded) || (folded && !plan.folded))
  return grows ? { ...plan, padded: plan.padded || padded, worded: plan.worded || worded, folded: plan.folded || folded } : plan
}

function retyped(plan: ColumnPlan, { invalid, wide, coded, repeated, first, present }: Finding): ColumnPlan {
  if (invalid === 0 || first === null) return plan
  // a zero in front is part of a code, and a digit that is lost makes another number
  if (coded > 0) return asText(plan, `has ${coded} of ${present} cells that are digits but no number, such as 007`)
  if (wide.cells > 0 && isNumeric(plan.type)) {
    const type = widerType(plan.type, wide)
    return type === undefined
      ? asText(plan, `has ${wide.cells} of ${present} numbers with more digits than the type holds`)
      : { ...plan, type }
  }
  const format = plan.date === null ? null : missingFormat(plan, first)
  if (plan.date !== null && format !== null) {
    const time = plan.date.to === 'timestamp' || /%H|%I|epoch/.test(format)
    const to = time ? 'timestamp' : 'date'
    return { ...plan, type: to, semantic: to, date: { to, formats: [...plan.date.formats, format] } }
  }
  const number = plan.number === null ? null : widerNumbers(plan, first)
  if (number !== null) return { ...plan, number }
  // a third value besides true and false is data, not an error, if it occurs repeatedly
  const isAnswer = plan.type === 'boolean' && repeated
  if (invalid <= (1 - ENOUGH) * present && !isAnswer) return plan
  const { type, number: numbers, date } = plan
  const null_values = nullValuesOf(plan)
  return asText(plan, { type, number: numbers, date, null_values, unfit: invalid, present, first: first.slice(0, 40) })
}

/** The type of numbers that also holds those that do not fit; undefined if only text does. */
function widerType(
  type: 'integer' | 'float' | DecimalType,
  { cells, fractional, powers, lossy, whole, scale }: WideNumbers,
): ColumnType | undefined {
  if (type === 'integer') {
    // integers beyond 64 bits are rather codes
    if (fractional < cells) return undefined
    return lossy > 0 && powers === 0 ? roomyDecimal(whole, scale) : 'float'
  }
  if (type === 'float') return powers > 0 ? undefined : roomyDecimal(whole, scale)
  const known = digitsOf(type)
  // zeros at the end made it an exact decimal, and these numbers show that they were chance
  const isFloat = lossy === 0 && known.precision <= FLOAT_DIGITS && (powers > 0 || scale > MAX_MIXED_SCALE)
  if (isFloat) return 'float'
  return powers > 0 ? undefined : roomyDecimal(Math.max(known.whole, whole), Math.max(known.scale, scale))
}

/** A column that is read as text after all: for a reason, or because too many cells do not fit. */
function asText(plan: ColumnPlan, why: string | Probably): ColumnPlan {
  const doubt =
    typeof why === 'string'
      ? `"${plan.name}" ${why}; it is read as text. To read it as ${plan.type}, set ${typeSetting(plan.name, plan.type)} in the discover step`
      : probableDoubt(plan.name, why)
  const doubts = [...(plan.doubts ?? []), doubt]
  // null values that only a column of numbers or dates has are data in text
  return {
    ...plan,
    ...{ type: 'text', semantic: null, number: null, date: null, null_values: null, otherwise: plan.type },
    ...(typeof why === 'string' ? {} : { probably: why }),
    notes: [...plan.notes, doubt],
    doubts,
  }
}

/** The format of a date that the column's formats do not include, in the same order of day and month. */
function missingFormat(plan: ColumnPlan, cell: string): string | null {
  const known = plan.date?.formats ?? []
  if (isEpochSeconds(cell)) return known.includes('epoch_s') ? null : 'epoch_s'
  if (isEpochMillis(cell)) return known.includes('epoch_ms') ? null : 'epoch_ms'
  const form = dateForm(cell)
  if (form === null) return null
  const words = wordedKey(form.format)
  if (words !== null) return missingWords(known, words)
  const monthFirst = known.some((format) => /^%m[-/.]%d/.test(format))
  const dayFirst = known.some((format) => /^%d[-/.]%m/.test(format))
  const order = monthFirst ? 'mdy' : dayFirst ? 'dmy' : orderShown(form)
  if (order === null && form.slots !== null) return null
  const format = order === null ? form.format : orderedFormat(form.format, order)
  return known.includes(format) ? null : format
}

/** A month that is another one elsewhere has no format of its own, nor has a word of a language that contradicts the one decided. */
function missingWords(known: readonly string[], { language, among }: WordedKey): string | null {
  const decided = languageOfMonths(known)
  if (language === null || (decided !== undefined && among.length > 0 && !among.includes(decided))) return null
  const isKnown = [false, true].some((all) => known.includes(wordedFormat(language, all)))
  return isKnown ? null : wordedFormat(language, false)
}

/** The column's number format with a symbol or grouping that the sample did not have; null if that is not the reason. */
function widerNumbers(plan: ColumnPlan, cell: string): ColumnPlan['number'] {
  const shape = shapeOfNumber(cell)
  if (shape === null || plan.number === null) return null
  const { decimal, grouping, symbol, lakhs } = shape
  const known = plan.number
  if (decimal !== '' && decimal !== '?' && decimal !== known.decimal) return null
  // a second currency is no other way of writing the same numbers
  if (symbol !== '' && known.symbols.length > 0 && !known.symbols.includes(symbol)) return null
  if (isShare(symbol) || known.share !== undefined) return null
  const symbols = symbol === '' || known.symbols.includes(symbol) ? known.symbols : [symbol]
  const wanted = grouping === '?' ? (known.decimal === '.' ? ',' : '') : grouping
  const groups = known.grouping === '' && wanted !== known.decimal ? wanted : known.grouping
  if (symbols === known.symbols && groups === known.grouping && (!lakhs || known.lakhs === true)) return null
  return { ...known, symbols, grouping: groups, ...(lakhs ? { lakhs } : {}) }
}

/** Whether no plan changed. */
export const isSettled = (before: readonly ColumnPlan[], after: readonly ColumnPlan[]) => before.every((plan, at) => plan === after[at])
