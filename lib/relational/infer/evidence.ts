/**
 * Counts that describe the sampled cells of a column. Evidence of two samples merges by addition, so each source can be examined
 * separately.
 */
import { FALSE_WORDS, TRUE_WORDS } from '#relational/cells/boolean-words.ts'
import { dateForm, isEpochMillis, isEpochSeconds, orderShown } from '#relational/types/dates.ts'
import { isExact, PLAIN_FORMAT, plainForm } from '#relational/types/number-forms.ts'
import { digitsOfShape, keyOfShape, shapeOfNumber, valueOfShape } from './number-shape.ts'
import { isFormulaText, isSpreadsheetError } from './spreadsheet-cells.ts'
import { amountIn, quantityIn, unitIn } from './units.ts'
import { meaningsOfShape } from './semantics.ts'
import { noVariety, type Variety, varietyCounter } from './variety.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { entryOf, record, type TextRecord } from '#core/text/record.ts'

export interface Evidence {
  cells: number
  missing: number
  /** Cells with white space at an end. */
  padded: number
  /** The null values that occur, except '', with their counts. */
  words: Counts
  /** Cells that look like codes, by length: two or three capitals or digits, not only digits. */
  codes: Counts
  integers: number
  /** Digits with leading zeros, telephone numbers with a plus, hashes like 12E3: codes rather than numbers. */
  coded: number
  /** Integers that do not fit in 64 bits. */
  huge: number
  /** Numbers that a 64-bit float does not hold exactly. */
  inexact: number
  /** Integers of four digits and more without grouping. */
  ungrouped: number
  decimals: number
  /** Decimals like 1.234, which are thousands where the comma is the decimal mark. */
  thousands: number
  /** The decimals by their number of places, and those that end in a zero. */
  scales: Counts
  trailing: number
  /** The same places for numbers that are not in plain form. */
  formatted_scales: Counts
  /** Numbers that end in a zero that a float would not write: 2.50, but not 2.0. */
  zeros: number
  /** Numbers with an exponent. */
  powers: number
  /** The most digits before the point. */
  whole: number
  /** Numbers that are not in plain form, by their shape. */
  numbers: Counts
  booleans: number
  /** Errors of a spreadsheet, such as `#DIV/0!`. */
  errors: Counts
  /** Texts that a spreadsheet keeps from being numbers: `="0002"`. */
  formula_texts: number
  /** Cells of letters or signs and digits that match nothing above: `12A`, `<5`, `10 km`. */
  mixed: number
  /** Cells without digits that match nothing above, up to some; null if there are more. */
  others: Counts | null
  /** The first cell that is no number, no date and no boolean. */
  unfit: string | null
  dates: TextRecord<{ count: number; time: boolean; dmy: number; mdy: number }>
  /** Digits that could be a time in seconds or milliseconds since 1970. */
  epochs: { seconds: number; millis: number }
  /** Cells that match a meaning beyond the type: e-mail, URL … */
  semantics: Counts
  /** The values with their counts; null if there are too many. */
  values: Counts | null
  /** The number of distinct values, while they are listed. */
  listed: number
  variety: Variety
  /** Sums for a first estimate of the range of the numbers. */
  sum: number
  largest: number
  smallest: number
}

export type Counts = TextRecord<number>

/** A column with at most this many distinct values may be kept as a list of values. */
export const FEW_VALUES = 1000
/** Words in a column of numbers or dates: more than this many are no placeholders. */
export const FEW_OTHERS = 20
const MAX_OTHER = 40

export const noEvidence = (): Evidence => ({
  cells: 0,
  missing: 0,
  padded: 0,
  words: record(),
  codes: record(),
  integers: 0,
  coded: 0,
  huge: 0,
  inexact: 0,
  ungrouped: 0,
  decimals: 0,
  thousands: 0,
  scales: record(),
  trailing: 0,
  formatted_scales: record(),
  zeros: 0,
  powers: 0,
  whole: 0,
  numbers: record(),
  booleans: 0,
  errors: record(),
  formula_texts: 0,
  mixed: 0,
  others: record(),
  unfit: null,
  dates: record(),
  epochs: { seconds: 0, millis: 0 },
  semantics: record(),
  values: record(),
  listed: 0,
  variety: noVariety(),
  sum: 0,
  largest: Number.NEGATIVE_INFINITY,
  smallest: Number.POSITIVE_INFINITY,
})

const DIGIT = /\d/
const INTEGER = /^[+-]?\d+$/
const DECIMAL = new RegExp(`^${plainForm('float', { ...PLAIN_FORMAT, loose: true })}$`)
/** Digits that begin with a zero, also before a point. */
const PADDED = /^[+-]?0\d/
/** `12E3` is as often a hash or a code as a number. */
const HASH = /^\d+[eE]\d+$/
const CODE = /^(?=[A-Z0-9]{2,3}$)(?!\d+$)/
const INTERNATIONAL = /^\+\d{7,15}$/
const BOOLEANS = new Set<string>([...TRUE_WORDS, ...FALSE_WORDS])

/** The evidence of the cells of one column, as written in the source. Each distinct cell is examined once. */
export function evidenceOf(cells: Iterable<string>, nullValues: ReadonlySet<string>): Evidence {
  const times = new Map<string, number>()
  for (const cell of cells) times.set(cell, (times.get(cell) ?? 0) + 1)
  const evidence = noEvidence()
  const variety = varietyCounter()
  for (const [cell, count] of times) {
    addCell(evidence, cell, count, nullValues)
    variety.add(cell)
  }
  evidence.values = times.size > FEW_VALUES ? null : record(times)
  evidence.listed = Math.min(times.size, FEW_VALUES + 1)
  evidence.variety = variety.result()
  return evidence
}

/**
 * The evidence of one cell at a time, without its values and variety. Each call returns the same object, filled anew: an object for each cell
 * of a sample would cost more than to examine the cells.
 */
export function cellExaminer(nullValues: ReadonlySet<string>): (cell: string) => Readonly<Evidence> {
  const evidence = noEvidence()
  const { words, codes, scales, formatted_scales, numbers, errors, others, dates, semantics, values, variety, epochs, ...figures } =
    evidence
  return (cell) => {
    Object.assign(evidence, figures)
    epochs.seconds = 0
    epochs.millis = 0
    for (const key of COUNTED) for (const _ in evidence[key]) evidence[key] = record()
    addCell(evidence, cell, 1, nullValues)
    return evidence
  }
}

const COUNTED = ['words', 'codes', 'scales', 'formatted_scales', 'numbers', 'errors', 'others', 'dates', 'semantics'] as const

function addCell(evidence: Evidence, raw: string, times: number, nullValues: ReadonlySet<string>): void {
  evidence.cells += times
  const cell = trimmedText(raw)
  if (cell !== raw && cell !== '') evidence.padded += times
  if (nullValues.has(cell)) {
    evidence.missing += times
    if (cell !== '') add(evidence.words, cell, times)
    return
  }
  if (CODE.test(cell)) add(evidence.codes, String(cell.length), times)
  for (const name of meaningsOfShape(cell)) add(evidence.semantics, name, times)
  const first = cell.charCodeAt(0)
  const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46
  if (numeric && INTEGER.test(cell)) addInteger(evidence, cell, times)
  else if (numeric && DECIMAL.test(cell)) {
    addDecimal(evidence, cell, times)
  } else addOther(evidence, cell, times)
}

function addInteger(evidence: Evidence, cell: string, times: number): void {
  evidence.integers += times
  const digits = cell.replace(/^[+-]/, '')
  evidence.whole = Math.max(evidence.whole, digits.length)
  if (PADDED.test(cell) || INTERNATIONAL.test(cell)) evidence.coded += times
  else if (digits.length > 3) evidence.ungrouped += times
  if (!isExact(digits)) evidence.inexact += times
  if (digits.length > 15 && BigInt.asIntN(64, BigInt(cell)) !== BigInt(cell)) evidence.huge += times
  if (isEpochSeconds(cell)) evidence.epochs.seconds += times
  if (isEpochMillis(cell)) evidence.epochs.millis += times
  addNumber(evidence, Number(cell), times)
}

function addDecimal(evidence: Evidence, cell: string, times: number): void {
  evidence.decimals += times
  if (PADDED.test(cell)) evidence.coded += times
  if (!isExact(cell.replace(/^[+-]/, ''))) evidence.inexact += times
  if (/^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(cell)) evidence.thousands += times
  const [, whole = '', places] = /^[+-]?(\d*)\.?(\d*)$/.exec(cell) ?? []
  if (places === undefined) evidence.powers += times
  else {
    evidence.whole = Math.max(evidence.whole, whole.length)
    if (places !== '') add(evidence.scales, String(places.length), times)
    if (places.endsWith('0')) evidence.trailing += times
    if (endsInZeros(places)) evidence.zeros += times
  }
  addNumber(evidence, Number(cell), times)
}

function addOther(evidence: Evidence, cell: string, times: number): void {
  if (BOOLEANS.has(cell.toLowerCase())) evidence.booleans += times
  if (isSpreadsheetError(cell)) {
    add(evidence.errors, cell, times)
    return
  }
  if (isFormulaText(cell)) evidence.formula_texts += times
  // dates and numbers have digits
  const hasDigits = DIGIT.test(cell)
  const date = hasDigits ? dateForm(cell) : null
  if (date !== null) {
    const known = entryOf(evidence.dates, date.format) ?? { count: 0, time: date.time, dmy: 0, mdy: 0 }
    known.count += times
    const order = orderShown(date)
    if (order !== null) known[order] += times
    evidence.dates[date.format] = known
    return
  }
  const shape = hasDigits ? shapeOfNumber(cell) : null
  if (shape !== null) {
    add(evidence.numbers, keyOfShape(shape), times)
    const digits = digitsOfShape(cell, shape)
    const [whole = '', places = ''] = digits.split('.')
    evidence.whole = Math.max(evidence.whole, whole.length)
    if (places !== '') add(evidence.formatted_scales, String(places.length), times)
    if (endsInZeros(places)) evidence.zeros += times
    if (!isExact(digits)) evidence.inexact += times
    addNumber(evidence, valueOfShape(cell, shape), times)
    return
  }
  const isHash = hasDigits && HASH.test(cell)
  const unit = isHash || !hasDigits ? null : unitIn(amountIn(cell)?.mark ?? '')
  if (unit !== null) add(evidence.semantics, quantityIn(unit), times)
  if (isHash) evidence.coded += times
  evidence.unfit ??= cell.slice(0, MAX_OTHER)
  if (hasDigits) evidence.mixed += times
  else if (evidence.others !== null) {
    add(evidence.others, cell.slice(0, MAX_OTHER), times)
    if (Object.keys(evidence.others).length > FEW_OTHERS) evidence.others = null
  }
}

/** Whether decimals end in a zero that a float would not write. */
const endsInZeros = (places: string) => places.length > 1 && places.endsWith('0')

function addNumber(evidence: Evidence, value: number, times: number): void {
  if (!Number.isFinite(value)) return
  evidence.sum += value * times
  evidence.largest = Math.max(evidence.largest, value)
  evidence.smallest = Math.min(evidence.smallest, value)
}

export const add = (counts: TextRecord<number>, key: string, by: number) => {
  counts[key] = (entryOf(counts, key) ?? 0) + by
}
