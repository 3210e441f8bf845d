/** Decides how a column is read, from the evidence in its sample. */
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { isCodeLike, TEXT_NULL_VALUES } from '#relational/cells/null-values.ts'
import { FALSE_WORDS, TRUE_WORDS } from '#relational/cells/parse-boolean.ts'
import type { NumberFormat } from '#relational/cells/parse-number.ts'
import { type DateOrder, orderedFormat } from '#relational/types/dates.ts'
import { nullValuesOf } from '#relational/cells/reading.ts'
import type { ColumnType } from '#relational/types/types.ts'
import type { Evidence } from './evidence.ts'
import { areFew, estimateVariety } from './variety.ts'
import { meaningByName, SEMANTIC_SHAPES } from './semantics.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { entryOf } from '#core/text/record.ts'

/** A column gets a type if at least this share of its cells has it; the rest are then invalid, not of another type. */
export const ENOUGH = 0.95

/** Up to this share, cells like `12A` in a column of numbers are errors; above it the column consists of such cells. */
const FEW_MIXED = 0.01

export interface Wishes {
  readonly type?: ColumnType | undefined
  readonly date_order: 'auto' | DateOrder
  /** Replaces the default null values. */
  readonly null_values?: readonly string[] | null
}

export function decide(name: string, evidence: Evidence, wishes: Wishes): ColumnPlan {
  const notes: string[] = []
  const number = numberFormat(evidence)
  const dates = dateFormats(evidence, wishes.date_order, name, notes)
  const type = wishes.type ?? inferType(name, evidence, number, dates)
  const null_values = nullValues(name, type, evidence, wishes.null_values ?? null, notes)
  const nulls = new Set(nullValuesOf({ type, null_values }))
  if (type === 'integer' || type === 'decimal') noteCurrencies(name, number, notes)
  const numeric = type === 'integer' || type === 'decimal'
  const few = evidence.values !== null && areFew(Object.values(evidence.values), evidence.cells)
  return {
    name,
    type,
    ...(wishes.type === undefined && evidence.cells === evidence.missing ? { untyped: true } : {}),
    semantic: semanticOf(name, type, evidence, number),
    from_text: true,
    null_values,
    number: numeric ? number : null,
    date: type === 'date' || type === 'timestamp' ? { to: type, formats: dates.formats.length > 0 ? dates.formats : ['%Y-%m-%d'] } : null,
    dictionary: few,
    padded: evidence.padded > 0,
    worded: Object.keys(evidence.words).some((word) => nulls.has(word)),
    folded: few && type !== 'text' && isWrittenInSeveralWays(type, evidence, dates.formats),
    sketched: evidence.values === null && estimateVariety(evidence.variety) > evidence.cells / 2,
    fixed: wishes.type !== undefined,
    notes,
  }
}

function inferType(
  name: string,
  evidence: Evidence,
  number: NumberFormat,
  dates: { formats: readonly string[]; count: number; time: boolean },
): ColumnType {
  const present = evidence.cells - evidence.missing
  if (present === 0) return 'text'
  const enough = (count: number) => count >= ENOUGH * present
  const formatted = Object.values(evidence.numbers).reduce((sum, count) => sum + count, 0)
  const fractional =
    evidence.decimals + Object.entries(evidence.numbers).reduce((sum, [key, count]) => sum + (fraction(key, number) ? count : 0), 0)
  if (dates.count > 0 && enough(dates.count)) return dates.time ? 'timestamp' : 'date'
  if (enough(evidence.booleans) && saysYesAndNo(evidence)) return 'boolean'
  if (evidence.coded > (CODES.test(name) ? 0 : 0.01 * present) || evidence.huge > 0)
    return enough(evidence.integers) || fractional === 0 ? 'text' : 'decimal'
  if (!enough(evidence.integers + evidence.decimals + formatted) || evidence.mixed > FEW_MIXED * present) return 'text'
  if (fractional === 0 && PHONES.test(name) && evidence.smallest >= 1_000_000) return 'text'
  return fractional === 0 ? 'integer' : 'decimal'
}

/** Names of columns in which a single leading zero shows that the digits are a code. */
const CODES =
  /zip|post(al)?_?code|plz|fips|(^|[_\s-])(id|code|key|no|nr|number|account|isbn|ean|upc|gtin)$|^(id|code|key)([_\s-]|$)|[a-z](Id|Code|Key|No)$/i
const PHONES = /phone|mobile|fax|(^|[_\s-])(tel|cell)([_\s-]|$)/i

const PAIRS = TRUE_WORDS.map((yes, at) => [yes, FALSE_WORDS[at] ?? ''] as const)
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
    if (word !== '' && !Object.hasOwn(nullValuesSeen, word)) counts.set(word.toLowerCase(), (counts.get(word.toLowerCase()) ?? 0) + count)
  }
  const paired = new Set<string>(PAIRS.flatMap(([yes, no]) => (counts.has(yes) && counts.has(no) ? [yes, no] : [])))
  const known = new Set<string>(PAIRS.flat())
  return [...counts].every(([word, count]) => (known.has(word) ? paired.has(word) || CLEAR.has(word) : count === 1))
}

/** The null values of a text column with codes: `NA` among many similar codes is a code if it is no more frequent than a code may be. */
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
  const codes = Object.entries(evidence.words).flatMap(([word, count]) => {
    const alike = entryOf(evidence.codes, String(word.length)) ?? 0
    const isCode = isCodeLike(word) && present >= 20 && alike >= 0.9 * present && count <= 0.05 * evidence.cells
    return isCode ? [word] : []
  })
  if (codes.length === 0) return null
  notes.push(`"${name}" holds codes; ${codes.map((word) => `"${word}"`).join(' and ')} is read as one of them, not as a missing value`)
  return TEXT_NULL_VALUES.filter((word) => !codes.includes(word))
}

function noteCurrencies(name: string, { symbols }: NumberFormat, notes: string[]): void {
  if (symbols.length > 1)
    notes.push(`"${name}" holds amounts in ${symbols.join(' and ')}; they are read as plain numbers, without the currency`)
}

const fraction = (key: string, format: NumberFormat) => {
  const decimal = key.split('|')[0]
  return decimal === '?' ? format.decimal === ',' : decimal !== ''
}

/** The marks and symbols of most formatted numbers. 1,234 follows the other cells, and is a thousand if they are not conclusive. */
function numberFormat(evidence: Evidence): NumberFormat {
  const shapes = Object.entries(evidence.numbers).map(([key, count]) => {
    const [decimal = '', grouping = '', symbol = ''] = key.split('|')
    return { decimal, grouping, symbol, count }
  })
  const total = (matches: (shape: (typeof shapes)[number]) => boolean) => shapes.filter(matches).reduce((sum, { count }) => sum + count, 0)
  const comma = total(({ decimal }) => decimal === ',')
  const point = evidence.decimals + total(({ decimal }) => decimal === '.')
  const decimal = comma > point ? ',' : '.'
  const groupings = decimal === ',' ? ['.', ' ', "'"] : [',', ' ', "'"]
  const ambiguous = decimal === '.' ? total(({ grouping }) => grouping === '?') : 0
  const best = groupings
    .map((grouping) => ({ grouping, count: total((shape) => shape.grouping === grouping) + (grouping === ',' ? ambiguous : 0) }))
    .reduce((a, b) => (b.count > a.count ? b : a))
  const symbols = [...new Set(shapes.map(({ symbol }) => symbol).filter((symbol) => symbol !== ''))].sort()
  return { decimal, grouping: best.count > 0 ? best.grouping : '', symbols }
}

function dateFormats(
  evidence: Evidence,
  wish: 'auto' | DateOrder,
  name: string,
  notes: string[],
): { formats: string[]; count: number; time: boolean } {
  const seen = Object.entries(evidence.dates).sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1))
  const dmy = seen.reduce((sum, [, { dmy: count }]) => sum + count, 0)
  const mdy = seen.reduce((sum, [, { mdy: count }]) => sum + count, 0)
  const open = seen.filter(([format]) => format.includes('%1'))
  const present = evidence.cells - evidence.missing
  let order: DateOrder | null = wish === 'auto' ? (dmy > mdy ? 'dmy' : mdy > dmy ? 'mdy' : null) : wish
  const openCount = open.reduce((sum, [, { count }]) => sum + count, 0)
  if (open.length > 0 && order === null && openCount > (1 - ENOUGH) * present) {
    notes.push(
      `"${name}" holds dates that are ambiguous (day first or month first); it stays text. Set date_order: dmy or mdy in the discover step`,
    )
    return { formats: [], count: 0, time: false }
  }
  order ??= 'mdy'
  if (wish === 'auto' && open.length > 0 && dmy > 0 && mdy > 0) {
    notes.push(`"${name}" mixes day-first (${dmy}) and month-first (${mdy}) dates in the sample; read as ${order}`)
  }
  const used = order
  const formats = [...new Set(seen.map(([format]) => orderedFormat(format, used)))]
  let count = seen.reduce((sum, [, { count: cells }]) => sum + cells, 0)
  let time = seen.some(([, { time: hasTime }]) => hasTime)
  // plain numbers are times only next to written ones, or if the name suggests it
  const { seconds, millis } = evidence.epochs
  if (
    seconds + millis > 0 &&
    (count > 0.3 * present || (/(^|_)(ts|time|timestamp|epoch)$|_at$/i.test(name) && count + seconds + millis >= ENOUGH * present))
  ) {
    if (seconds > 0) formats.push('epoch_s')
    if (millis > 0) formats.push('epoch_ms')
    count += seconds + millis
    time = true
  }
  return { formats, count, time }
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
  if ((type === 'decimal' || type === 'integer') && number.symbols.length > 0) return 'currency'
  const share = (semantic: string) => (entryOf(evidence.semantics, semantic) ?? 0) / present
  if (type === 'text') {
    for (const { name: semantic } of SEMANTIC_SHAPES) {
      const threshold = semantic === 'email' || semantic === 'phone' ? 0.7 : 0.9
      if (semantic === 'phone' && !PHONES.test(name)) continue
      if (semantic === 'country' && !(/countr|nation/i.test(name) ? share(semantic) >= 0.5 : share(semantic) >= 0.95 && present >= 20))
        continue
      if (share(semantic) >= threshold || semantic === 'country') return semantic
    }
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
  if (type === 'integer' || type === 'decimal') return 'number'
  const code = Object.entries(evidence.codes).find(([, count]) => count >= 0.9 * present)
  return type === 'text' && code !== undefined ? `code${code[0]}` : type
}
