/**
 * Counts that describe the sampled cells of a column. Evidence of two samples merges by addition, so each source can be examined
 * separately.
 */
import { FALSE_WORDS, TRUE_WORDS } from '#relational/cells/boolean-words.ts'
import { dateForm, isEpochMillis, isEpochSeconds } from '#relational/types/dates.ts'
import { isExact, PLAIN_FORMAT, plainForm } from '#relational/types/number-forms.ts'
import { keyOfShape, shapeOfNumber, valueOfShape } from './number-shape.ts'
import { isFormulaText, isSpreadsheetError } from './spreadsheet-cells.ts'
import { SEMANTIC_SHAPES } from './semantics.ts'
import { mergeVariety, noVariety, type Variety, varietyCounter } from './variety.ts'
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
const FEW_VALUES = 1000
/** Words in a column of numbers or dates: more than this many are no placeholders. */
const FEW_OTHERS = 20
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

const INTEGER = /^[+-]?\d+$/
const DECIMAL = new RegExp(`^${plainForm('decimal', { ...PLAIN_FORMAT, loose: true })}$`)
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
  for (const { name, shape } of SEMANTIC_SHAPES) if (shape.test(cell)) add(evidence.semantics, name, times)
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
  const [, places] = /^[^eE]*\.(\d+)$/.exec(cell) ?? []
  if (places !== undefined) {
    add(evidence.scales, String(places.length), times)
    if (places.endsWith('0')) evidence.trailing += times
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
  const date = dateForm(cell)
  if (date !== null) {
    const known = entryOf(evidence.dates, date.format) ?? { count: 0, time: date.time, dmy: 0, mdy: 0 }
    known.count += times
    if (date.slots !== null && date.slots[0] > 12) known.dmy += times
    if (date.slots !== null && date.slots[1] > 12) known.mdy += times
    evidence.dates[date.format] = known
    return
  }
  const shape = shapeOfNumber(cell)
  if (shape !== null) {
    add(evidence.numbers, keyOfShape(shape), times)
    addNumber(evidence, valueOfShape(cell, shape), times)
    return
  }
  if (HASH.test(cell)) evidence.coded += times
  evidence.unfit ??= cell.slice(0, MAX_OTHER)
  if (/\d/.test(cell)) evidence.mixed += times
  else if (evidence.others !== null) {
    add(evidence.others, cell.slice(0, MAX_OTHER), times)
    if (Object.keys(evidence.others).length > FEW_OTHERS) evidence.others = null
  }
}

function addNumber(evidence: Evidence, value: number, times: number): void {
  if (!Number.isFinite(value)) return
  evidence.sum += value * times
  evidence.largest = Math.max(evidence.largest, value)
  evidence.smallest = Math.min(evidence.smallest, value)
}

const add = (counts: TextRecord<number>, key: string, by: number) => {
  counts[key] = (entryOf(counts, key) ?? 0) + by
}

/** The combined evidence of two samples. */
export function mergeEvidence(a: Evidence, b: Evidence): Evidence {
  const counts = (left: Counts, right: Counts): Counts => {
    const sum = record(Object.entries(left))
    for (const [key, value] of Object.entries(right)) add(sum, key, value)
    return sum
  }
  const dates = record(Object.entries(a.dates))
  for (const [format, seen] of Object.entries(b.dates)) {
    const known = entryOf(dates, format)
    dates[format] =
      known === undefined
        ? seen
        : { count: known.count + seen.count, time: seen.time, dmy: known.dmy + seen.dmy, mdy: known.mdy + seen.mdy }
  }
  const values = a.values === null || b.values === null ? null : counts(a.values, b.values)
  const others = a.others === null || b.others === null ? null : counts(a.others, b.others)
  return {
    cells: a.cells + b.cells,
    missing: a.missing + b.missing,
    padded: a.padded + b.padded,
    words: counts(a.words, b.words),
    codes: counts(a.codes, b.codes),
    integers: a.integers + b.integers,
    coded: a.coded + b.coded,
    huge: a.huge + b.huge,
    inexact: a.inexact + b.inexact,
    ungrouped: a.ungrouped + b.ungrouped,
    decimals: a.decimals + b.decimals,
    thousands: a.thousands + b.thousands,
    scales: counts(a.scales, b.scales),
    trailing: a.trailing + b.trailing,
    numbers: counts(a.numbers, b.numbers),
    booleans: a.booleans + b.booleans,
    errors: counts(a.errors, b.errors),
    formula_texts: a.formula_texts + b.formula_texts,
    mixed: a.mixed + b.mixed,
    unfit: a.unfit ?? b.unfit,
    others: others !== null && Object.keys(others).length <= FEW_OTHERS ? others : null,
    dates,
    epochs: { seconds: a.epochs.seconds + b.epochs.seconds, millis: a.epochs.millis + b.epochs.millis },
    semantics: counts(a.semantics, b.semantics),
    values: values !== null && Object.keys(values).length > FEW_VALUES ? null : values,
    listed: values === null ? FEW_VALUES + 1 : Object.keys(values).length,
    variety: mergeVariety(a.variety, b.variety),
    sum: a.sum + b.sum,
    largest: Math.max(a.largest, b.largest),
    smallest: Math.min(a.smallest, b.smallest),
  }
}
