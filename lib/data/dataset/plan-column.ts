/** Plans one column of a dataset: by the evidence of all sources that have it, or by the types of typed sources. */
import { type ColumnPlan, TYPED_CELLS } from '#relational/cells/column-plan.ts'
import { isCodeLike, TEXT_NULL_VALUES } from '#relational/cells/null-values.ts'
import { decide, type Wishes } from '#relational/infer/decide.ts'
import { type Evidence, noEvidence } from '#relational/infer/evidence.ts'
import { mergeEvidence } from '#relational/infer/merge-evidence.ts'
import { markOf } from '#relational/infer/number-format.ts'
import { sqlType } from '#relational/types/sql.ts'
import { type ColumnType, isDecimal, isNumeric as isNumber, typeNamed } from '#relational/types/types.ts'
import { TaskError } from '#core/errors/errors.ts'
import { entryOf } from '#core/text/record.ts'
import { preview } from '#core/text/preview.ts'
import { positionIn } from '#core/text/lookup.ts'
import type { TypedColumn } from './inspected-source.ts'
import type { ScanRequest } from './scan-request.ts'
import { type Agreed, agree, isNumeric, isWithin } from './typed-columns.ts'

/** A source as far as its columns need it. */
export interface ColumnsOf {
  readonly name: string
  readonly evidence: readonly Evidence[] | null
  readonly types: readonly TypedColumn[] | null
}

type Request = Pick<ScanRequest, 'types' | 'date_order' | 'date_language' | 'null_values'>

/** One column of the dataset in one source. */
interface Part {
  readonly source: string
  readonly evidence: Evidence | undefined
  readonly typed: TypedColumn | undefined
}

export function planColumns(
  names: readonly string[],
  sources: readonly ColumnsOf[],
  mapping: readonly (readonly string[])[],
  request: Request,
  delimiters: readonly (string | null | undefined)[],
): readonly ColumnPlan[] {
  const columns = names
    .map((name) => ({ name, parts: partsOf(name, sources, mapping) }))
    .map(({ name, parts }) => ({ name, parts, evidence: together(parts) }))
  // where the comma delimits, it is hardly the decimal mark, and JSON has only points
  const commas = delimiters.every((delimiter) => delimiter === undefined || delimiter?.startsWith(','))
  const semicolons = delimiters.some((delimiter) => delimiter?.startsWith(';'))
  const locale = localeOf(columns.map(({ evidence }) => evidence)) ?? (commas ? '.' : null)
  return columns.map(({ name, parts, evidence }) => planColumn(name, parts, evidence, request, { locale, semicolons }))
}

function partsOf(name: string, sources: readonly ColumnsOf[], mapping: readonly (readonly string[])[]): readonly Part[] {
  return sources.flatMap((source, at) => {
    const position = positionIn(mapping[at] ?? [], name)
    return position < 0 ? [] : [{ source: source.name, evidence: source.evidence?.[position], typed: source.types?.[position] }]
  })
}

const together = (parts: readonly Part[]) =>
  parts.reduce((sum, { evidence }) => (evidence === undefined ? sum : mergeEvidence(sum, evidence)), noEvidence())

const areNumbers = ({ cells, missing, integers, decimals, numbers, coded }: Evidence) =>
  coded === 0 && integers + decimals + Object.values(numbers).reduce((sum, count) => sum + count, 0) > (cells - missing) / 2

/** The decimal mark that the columns of a dataset show; null if they show none or different ones. */
function localeOf(columns: readonly Evidence[]): '.' | ',' | null {
  const marks = new Set(
    columns
      .filter(areNumbers)
      .map(markOf)
      .filter((mark) => mark !== null),
  )
  return marks.size === 1 ? ([...marks][0] ?? null) : null
}

function planColumn(
  name: string,
  parts: readonly Part[],
  evidence: Evidence,
  request: Request,
  marks: Pick<Wishes, 'locale' | 'semicolons'>,
): ColumnPlan {
  const typed = parts.flatMap((part) => (part.typed === undefined ? [] : [{ source: part.source, typed: part.typed }]))
  const nullValues = new Set(typed.flatMap((part) => part.typed.null_values ?? TYPED_NULL_VALUES))
  const agreed = typed.length === 0 ? null : agree(name, typed)
  const wish = entryOf(request.types, name)
  const wanted = wish === undefined ? undefined : typeNamed(wish)
  const plan = decide(name, evidence, {
    type: wanted ?? agreedType(agreed, evidence),
    date_order: request.date_order,
    date_language: request.date_language,
    null_values: request.null_values,
    ...marks,
    apart: apartOf(parts),
  })
  // typed values need no parsing
  const doubts = agreed?.doubt == null || wanted !== undefined ? [] : [agreed.doubt]
  return agreed === null
    ? plan
    : {
        ...plan,
        notes: [...plan.notes, ...doubts],
        ...(doubts.length > 0 ? { doubts } : {}),
        ...TYPED_CELLS,
        null_values: plan.null_values ?? [...nullValues],
      }
}

/** The type of typed sources; text if other sources hold the column as text. */
const agreedType = (agreed: Agreed | null, { cells }: Evidence) => (agreed === null ? undefined : cells > 0 ? 'text' : agreed.type)

/** The SQL type that a column of typed sources is cast to in each of them. */
export function castsOf(
  names: readonly string[],
  sources: readonly ColumnsOf[],
  mapping: readonly (readonly string[])[],
  { types }: Pick<Request, 'types'>,
): ReadonlyMap<string, string> {
  const casts = new Map<string, string>()
  if (sources.every((source) => source.types === null)) return casts
  for (const name of names) {
    const parts = partsOf(name, sources, mapping)
    const typed = parts.flatMap((part) => (part.typed === undefined ? [] : [{ source: part.source, typed: part.typed }]))
    const wish = entryOf(types, name)
    const wanted = wish === undefined ? undefined : typeNamed(wish)
    const areNumeric = typed.every((part) => isNumeric(part.typed.stored))
    const cast =
      wanted !== undefined && areNumeric && isNumber(wanted)
        ? exactCast(name, wanted, typed)
        : typed.length < parts.length
          ? 'VARCHAR'
          : agree(name, typed).cast
    if (cast !== null && typed.length > 0) casts.set(name, cast)
  }
  return casts
}

/** The type that numbers are cast to. Definition.InvalidSetting if an exact decimal has no room for the digits of a source: a cast would round. */
function exactCast(name: string, wanted: ColumnType, parts: readonly { readonly source: string; readonly typed: TypedColumn }[]): string {
  const unfit = isDecimal(wanted) ? parts.find(({ typed }) => !isWithin(typed.stored, wanted)) : undefined
  if (unfit === undefined) return sqlType(wanted)
  throw new TaskError(
    'Definition.InvalidSetting',
    `${name} is ${unfit.typed.stored} in ${unfit.source}, and ${wanted} has no room for all its digits`,
    {
      hint: 'use a wider decimal, or a cast in a transform step, which counts the cells that lose digits',
    },
  )
}

/** Sources that show one convention beyond doubt, beside sources that show the other: cells that fit both could be either. */
function apartOf(parts: readonly Part[]): NonNullable<Wishes['apart']> {
  const named = (fits: (evidence: Evidence) => boolean) =>
    parts.flatMap(({ source, evidence }) => (evidence !== undefined && fits(evidence) ? [source] : []))
  const slots = ({ dates }: Evidence, of: 'dmy' | 'mdy') => Object.values(dates).reduce((sum, one) => sum + one[of], 0)
  const commas = named((evidence) => markOf(evidence) === ',')
  const points = named((evidence) => markOf(evidence) === '.')
  const dmy = named((evidence) => slots(evidence, 'dmy') > slots(evidence, 'mdy'))
  const mdy = named((evidence) => slots(evidence, 'mdy') > slots(evidence, 'dmy'))
  return {
    numbers:
      commas.length > 0 && points.length > 0
        ? `has decimal commas in ${preview(commas, 2)} and decimal points in ${preview(points, 2)}`
        : undefined,
    dates:
      dmy.length > 0 && mdy.length > 0 ? `has the day first in ${preview(dmy, 2)} and the month first in ${preview(mdy, 2)}` : undefined,
  }
}

/** Typed sources have nulls of their own; a text `NA` in them is rather Namibia. */
const TYPED_NULL_VALUES: readonly string[] = TEXT_NULL_VALUES.filter((word) => !isCodeLike(word.toUpperCase()))
