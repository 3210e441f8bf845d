/** missing, invalid, doubtful: cells that are empty, not of the type, or not of the meaning. */
import { allOf } from '#relational/types/sql.ts'
import { cellOperation } from '#relational/cells/index.ts'
import type { Options } from '#relational/cells/cell.ts'
import { parseOperation } from '#relational/cells/reading.ts'
import { isNumberText, plainDigits } from '#relational/cells/parse-number.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { shiftOf } from '#relational/types/number-forms.ts'
import { FLOAT_DIGITS } from '#relational/types/types.ts'
import { isUnfit } from './probable.ts'
import { semanticRule } from './semantic-rules.ts'
import { type Cells, countWhere, defineMeasure, firstWhere, isOrdered, toNumber } from './measure.ts'

type Count = { readonly count: number }

const counting = (name: string, summary: string, rest: Pick<Parameters<typeof defineMeasure<Count, number>>[0], 'appliesTo' | 'sql'>) =>
  defineMeasure<Count, number>({
    name,
    summary,
    ...rest,
    read: ({ count }) => ({ count: toNumber(count) }),
    create: () => ({ count: 0 }),
    merge: (a, b) => ({ count: a.count + b.count }),
    value: ({ count }) => count,
  })

export const missing = counting('missing', 'Cells that are empty or a null value.', {
  appliesTo: () => true,
  sql: (cells) => ({ count: countWhere(`${cells.present} IS NULL`, cells) }),
})

type Invalid = {
  readonly count: number
  /** Digits that are no number: leading zeros. */
  readonly coded: number
  readonly first: string | null
  /** Numbers with more digits than the type has. */
  readonly wide: WideNumbers
}

/** What type would hold the numbers that do not fit the column's. */
export type WideNumbers = {
  readonly cells: number
  /** Those with a fraction or an exponent, and those with an exponent. */
  readonly fractional: number
  readonly powers: number
  /** Those that a 64-bit float would not write as they are: too many digits, or zeros at the end. */
  readonly lossy: number
  /** The most digits before and behind the point. */
  readonly whole: number
  readonly scale: number
}

export const NO_WIDE_NUMBERS: WideNumbers = { cells: 0, fractional: 0, powers: 0, lossy: 0, whole: 0, scale: 0 }

/** The parts of `wide`; zeros for a column that is no number. */
function wideParts(wrong: string, cells: Cells, { number }: ColumnPlan): { readonly [part in keyof WideNumbers]: string } {
  if (number === null) return { cells: '0', fractional: '0', powers: '0', lossy: '0', whole: '0', scale: '0' }
  const { present } = cells
  const isWide = allOf([wrong, isNumberText(present, number)])
  const digits = plainDigits(present, number)
  const isPower = `regexp_matches(${present}, '^[-+]?[0-9.]+[eE]')`
  const behind = `split_part(${digits}, '.', 2)`
  const isLossy = `(strlen(${digits}) > ${FLOAT_DIGITS + 1} AND NOT ${isPower} AND ${cellOperation('parse_float').sql(present, number, 'text')} IS NULL OR strlen(${behind}) > 1 AND ends_with(${behind}, '0'))`
  const most = (length: string) => `COALESCE(max(${length}) FILTER (WHERE ${allOf([isWide, `NOT ${isPower}`])}), 0)`
  return {
    cells: countWhere(isWide, cells),
    fractional: countWhere(allOf([isWide, `(${isPower} OR rtrim(${behind}, '0') <> '')`]), cells),
    powers: countWhere(allOf([isWide, isPower]), cells),
    lossy: countWhere(allOf([isWide, isLossy]), cells),
    whole: most(`strlen(ltrim(split_part(${digits}, '.', 1), '-0'))`),
    scale: most(`strlen(rtrim(${behind}, '0')) + ${shiftOf(number.share)}`),
  }
}

const WIDE_PARTS = Object.keys(NO_WIDE_NUMBERS) as readonly (keyof WideNumbers)[]

const eachOf = (value: (part: keyof WideNumbers) => number) =>
  Object.fromEntries(WIDE_PARTS.map((part) => [part, value(part)])) as unknown as WideNumbers

export const invalid = defineMeasure<Invalid, Invalid>({
  name: 'invalid',
  summary: 'Cells that are not of the column’s type, and the first of them; among them, numbers with more digits than the type has.',
  appliesTo: (column) => parseOperation(column) !== null,
  sql: (cells, column) => {
    const { number } = column
    const wrong = allOf([`${cells.present} IS NOT NULL`, `${cells.value} IS NULL`])
    const isLoose = (options: Options) => `${cellOperation('parse_float').sql(cells.present, options, 'text')} IS NOT NULL`
    const code =
      number !== null && number.loose !== true
        ? allOf([`NOT ${isNumberText(cells.present, number)}`, isLoose({ ...number, loose: true })])
        : 'FALSE'
    const first = isOrdered(cells) ? firstWhere(cells.present, wrong, cells) : `min(${cells.present}) FILTER (WHERE ${wrong})`
    return {
      count: countWhere(wrong, cells),
      coded: countWhere(allOf([wrong, code]), cells),
      first,
      ...wideParts(wrong, cells, column),
    }
  },
  read: ({ count, coded, first, ...wide }) => ({
    count: toNumber(count),
    coded: toNumber(coded),
    first: (first as string | null | undefined) ?? null,
    wide: eachOf((part) => toNumber(wide[part])),
  }),
  create: () => ({ count: 0, coded: 0, first: null, wide: NO_WIDE_NUMBERS }),
  merge: (a, b) => ({
    count: a.count + b.count,
    coded: a.coded + b.coded,
    first: a.first ?? b.first,
    wide: eachOf((part) => (part === 'whole' || part === 'scale' ? Math.max(a.wide[part], b.wide[part]) : a.wide[part] + b.wide[part])),
  }),
  value: (state) => state,
})

export const doubtful = counting(
  'doubtful',
  'Cells of the right type that do not fit the column’s meaning, such as invalid addresses in a column of e-mail addresses, or words in a column of text that is probably of numbers.',
  {
    appliesTo: ({ semantic, type, probably }) => type === 'text' && (semanticRule(semantic) !== undefined || probably !== undefined),
    sql: (cells, { semantic, probably }) => {
      const rule = semanticRule(semantic)
      const unfit = rule !== undefined ? `NOT ${rule(cells.present)}` : probably === undefined ? 'FALSE' : isUnfit(cells.present, probably)
      return { count: countWhere(unfit, cells) }
    },
  },
)
