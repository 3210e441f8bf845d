/** What a single cell looks like, by the same evidence that decides the type of its column. For people. */
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { nullValuesOf } from '#relational/cells/reading.ts'
import { orderedFormat } from '#relational/types/dates.ts'
import { languageOfMonths, saidWords } from '#relational/types/worded-dates.ts'
import { isNumeric } from '#relational/types/types.ts'
import { decide } from './decide.ts'
import { cellExaminer, type Evidence, evidenceOf } from './evidence.ts'
import { shapeOfKey } from './number-shape.ts'

export interface KindOfCell {
  /** `missing`, `a whole number`, `a date like %d/%m/%Y`. */
  readonly kind: string
  /** Whether a column of such cells alone would be read like this one. */
  readonly fits: boolean
}

/**
 * Finds the kind of each cell of a column that is read by this plan. Cells of one kind fit alike, so only the first of each is tried as a
 * column of its own.
 */
export function cellClassifier(plan: ColumnPlan): (cell: string) => KindOfCell {
  const nullValues = new Set(nullValuesOf(plan))
  const examine = cellExaminer(nullValues)
  const kinds = new Map<string, KindOfCell>()
  return (cell) => {
    const kind = nameOf(examine(cell))
    const known = kinds.get(kind)
    if (known !== undefined) return known
    const found = { kind, fits: kind === MISSING || fits(evidenceOf([cell], nullValues), plan) }
    kinds.set(kind, found)
    return found
  }
}

export const MISSING = 'missing'

function nameOf(evidence: Evidence): string {
  if (evidence.missing > 0) return MISSING
  if (evidence.coded > 0) return 'digits in the form of a code'
  if (evidence.integers > 0) return 'a whole number'
  if (evidence.decimals > 0) return 'a number with a decimal point'
  const [number] = Object.keys(evidence.numbers)
  if (number !== undefined) return formOf(number)
  const [date] = Object.keys(evidence.dates)
  if (date !== undefined) return `a date like ${writtenOut(date)}`
  return evidence.booleans > 0 ? 'a word for yes or no' : 'text'
}

const PARTS: ReadonlyMap<string, string> = new Map([
  ['%d', 'DD'],
  ['%m', 'MM'],
  ['%Y', 'YYYY'],
  ['%y', 'YY'],
  ['%b', 'Mon'],
  ['%B', 'Month'],
  ['%a', 'Day'],
  ['%A', 'Weekday'],
  ['%H', 'hh'],
  ['%I', 'hh'],
  ['%M', 'mm'],
  ['%S', 'ss'],
  ['%p', 'AM'],
  ['%z', 'zone'],
])

/** `DD/MM/YYYY or MM/DD/YYYY` for `%1/%2/%Y`. */
export function writtenOut(format: string): string {
  const words = saidWords(format)
  if (words !== null) return words
  const orders = format.includes('%1') ? [orderedFormat(format, 'dmy'), orderedFormat(format, 'mdy')] : [format]
  return orders.map((one) => one.replace(/%\w/g, (part) => PARTS.get(part) ?? part)).join(' or ')
}

const MARKS: ReadonlyMap<string, string> = new Map([
  [',', 'a decimal comma'],
  ['.', 'a decimal point'],
  ['?', 'a comma before three digits'],
])
const GROUPS: ReadonlyMap<string, string> = new Map([
  [',', 'commas'],
  ['.', 'points'],
  [' ', 'spaces'],
  ["'", 'apostrophes'],
])

function formOf(key: string): string {
  const { decimal, grouping, symbol, enclosed } = shapeOfKey(key)
  const groups = GROUPS.get(grouping)
  const parts = [
    ...(MARKS.has(decimal) ? [MARKS.get(decimal) ?? ''] : []),
    ...(groups === undefined ? [] : [`thousands by ${groups}`]),
    ...(symbol === '' ? [] : [symbol]),
    ...(enclosed ? ['parentheses'] : []),
  ]
  return parts.length === 0 ? 'a number with a sign' : `a number with ${parts.join(', ')}`
}

/** A column of these cells alone, with the decisions that the whole column settled. */
function fits(evidence: Evidence, { type: read, number: readNumber, date: readDate, probably }: ColumnPlan): boolean {
  const { type, number, date } = probably ?? { type: read, number: readNumber, date: readDate }
  if (type === 'text') return true
  const dayFirst = date?.formats.some((format) => /^%d[-/.]%m/.test(format)) === true
  const wishes = { date_order: dayFirst ? 'dmy' : 'mdy', date_language: languageOfMonths(date?.formats) } as const
  const alone = decide('', evidence, { ...wishes, locale: number?.decimal === ',' ? ',' : '.' }).type
  if (type === 'boolean') return evidence.booleans > 0 || evidence.integers > 0
  if (type === 'timestamp') return alone === 'timestamp' || alone === 'date' || evidence.epochs.seconds + evidence.epochs.millis > 0
  return alone === type || (isNumeric(type) && isNumeric(alone) && (type !== 'integer' || alone === 'integer'))
}
