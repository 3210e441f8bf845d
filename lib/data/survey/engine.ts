/**
 * Which surveys the measuring kernel can run, and the settings of columns for it. One engine is chosen for the whole dataset, because the
 * hashes of the two engines differ.
 */
import type { DatasetPlan, Layout } from '#data/dataset/plan.ts'
import { LAYOUTS } from '#io/formats/layouts.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { digitsOf, isDecimal } from '#relational/types/types.ts'
import type { DateOptions } from '#relational/cells/parse-date.ts'
import { isWord, type NumberFormat } from '#relational/types/number-forms.ts'
import { nullValuesOf, parseOperation } from '#relational/cells/reading.ts'
import { sketchOf } from '#relational/measures/distinct.ts'
import { semanticRule } from '#relational/measures/semantic-rules.ts'
import { isTrimmed, type KeySet } from '#relational/operations/key-set.ts'
import { FORM, type KernelColumn, MOMENT } from './kernel.ts'
import { MAX_SYMBOL_LENGTH, MAX_TOKEN_LENGTH, MAX_TOKENS } from './kernel-packing.ts'
import { entryOf } from '#core/text/record.ts'

/** One bit per set. */
const MAX_SETS = 30

/** Whether every source is delimited text, and every column of a kind that the kernel supports. */
export function kernelCanMeasure({ layouts, columns }: DatasetPlan, keySets: readonly KeySet[]): boolean {
  const isKnown = (column: ColumnPlan) =>
    column.from_text &&
    (column.type === 'text'
      ? parseOperation(column) === null &&
        (column.probably === undefined || column.dictionary) &&
        (semanticRule(column.semantic) === undefined || entryOf(FORM, column.semantic ?? '') !== undefined)
      : parseOperation(column) !== null)
  const isOrdinary = keySets.length <= MAX_SETS && keySets.every(({ when, match }) => when === undefined && !match?.folded)
  return isOrdinary && layouts.every(isPlain) && columns.every(isKnown) && areTokens(nullTokensOf(columns))
}

/** All null values of the columns, except the empty text. */
export const nullTokensOf = (columns: readonly ColumnPlan[]) => [...new Set(columns.flatMap(nullValuesOf))].filter((word) => word !== '')

/** The kernel parses numbers and dates before it compares null values, so a null value must not look like one. */
const areTokens = (values: readonly string[]) =>
  values.length <= MAX_TOKENS && values.every((word) => Buffer.byteLength(word) <= MAX_TOKEN_LENGTH && !/\d/.test(word))

const isPlain = (layout: Layout) =>
  LAYOUTS[layout.layout].dialect !== null && (layout.quote === '' || layout.escape === layout.quote || layout.escape === '')

/** The settings of the column at `index` of the dataset for the kernel. */
export function kernelColumn(
  plan: ColumnPlan,
  index: number,
  keySets: readonly KeySet[],
  records: number,
  values: readonly string[],
): KernelColumn {
  const own = new Set(nullValuesOf(plan))
  const setsWith = (has: (set: KeySet) => boolean) => keySets.reduce((bits, own, set) => (has(own) ? bits | (1 << set) : bits), 0)
  const common = {
    empties: values.reduce((bits, word, at) => (own.has(word) ? bits | (1 << at) : bits), 0),
    form: 0,
    sets: setsWith(({ columns }) => columns === null || columns.includes(plan.name)),
    trimmed: setsWith(({ match = {} }) => isTrimmed(match, plan.name)),
    salt: index,
    verbatim: !plan.padded && !plan.worded && !plan.folded,
    sketched: plan.sketched,
    shift: sketchOf(plan, records).shift,
  }
  if (plan.dictionary) return { ...common, kind: 'values' }
  if (plan.type === 'text') return { ...common, kind: 'text', form: entryOf(FORM, plan.semantic ?? '') ?? 0 }
  if (plan.number?.share !== undefined) return { ...common, kind: 'other' }
  if (plan.number !== null) return { ...common, kind: 'number', number: numberOf(plan, plan.number) }
  if (plan.date !== null) return { ...common, kind: 'moment', moment: momentOf(plan.date) }
  return { ...common, kind: 'other' }
}

/** Numbers with a decimal comma are left to SQL. */
function numberOf({ type }: Pick<ColumnPlan, 'type'>, { decimal, grouping, symbols }: NumberFormat): NonNullable<KernelColumn['number']> {
  const pointed = decimal === '.' && grouping !== '.'
  const isShort = symbols.every((symbol) => Buffer.byteLength(symbol) <= MAX_SYMBOL_LENGTH)
  return {
    point: pointed && type !== 'integer',
    ...(isDecimal(type) ? { exact: digitsOf(type) } : {}),
    formatted: pointed && isShort && (symbols.length > 0 || grouping !== ''),
    grouping,
    symbols: isShort ? symbols.map((text) => ({ text, word: isWord(text) })) : [],
  }
}

/**
 * The fixed-position formats; of formats with numeric day and month, or with names, only one is supported, because SQL tries several in
 * order.
 */
function momentOf({ to, formats }: DateOptions): NonNullable<KernelColumn['moment']> {
  let forms = to === 'date' ? MOMENT.days_only : 0
  const isIso = (format: string) => /^%Y[-/]/.test(format) && !format.includes('%I')
  if (formats.some((format) => isIso(format) && format.startsWith('%Y-'))) forms |= MOMENT.iso_dash
  if (formats.some((format) => isIso(format) && format.startsWith('%Y/'))) forms |= MOMENT.iso_slash
  if (formats.includes('epoch_s')) forms |= MOMENT.epoch_s
  if (formats.includes('epoch_ms')) forms |= MOMENT.epoch_ms
  const numeric = formats.filter((format) => !isIso(format) && !/^(%[abAB]|epoch)/.test(format))
  const [, first, separator = '', time, second] = /^%([dm])([-/.])%[dm]\2%Y( %H:%M(:%S)?)?$/.exec(numeric[0] ?? '') ?? []
  if (numeric.length === 1 && first !== undefined) {
    forms |= (first === 'd' ? MOMENT.day_first : MOMENT.month_first) | (separator.charCodeAt(0) << 16)
    if (time !== undefined) forms |= MOMENT.minutes
    if (second !== undefined) forms |= MOMENT.seconds
  }
  const named = formats.filter((format) => /^%[abAB]/.test(format))
  if (named.length === 1 && named[0] === '%b %d, %Y') forms |= MOMENT.named
  if (named.length === 1 && named[0] === '%b %d, %Y %I:%M %p' && to === 'timestamp') forms |= MOMENT.named | MOMENT.named_with_time
  return { forms, rewritten: !formats.every((format) => format.startsWith('%Y-')) }
}
