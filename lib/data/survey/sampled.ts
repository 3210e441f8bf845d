/**
 * Facts from the uniform sample of records: order statistics, frequent values, patterns, lengths, and rows written unlike their columns.
 */
import { isNumeric } from '#relational/types/types.ts'
import type { Json } from '#core/json.ts'
import type { Session } from '#io/duckdb/session.ts'
import { type ColumnFacts, QUANTILES, type SampledFacts } from '#relational/measures/facts.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { nest } from '#relational/operations/to-sql.ts'
import { readingRules } from '#relational/cells/reading.ts'
import { allOf, anyOf, isNumbered, isOneOf, text } from '#relational/types/sql.ts'
import { caseVariants } from '#relational/measures/variants.ts'
import type { Cells } from '#relational/measures/measure.ts'
import { alike } from './alike.ts'
import { layersOf, measuredCells, noLayers } from './cells.ts'
import { MAX_LISTED_LENGTH } from './partial.ts'
import type { SurveyColumn } from './scan.ts'

/** Patterns need regular expressions, which cost a thousand times as much as a comparison. */
const PATTERN_ROWS = 5_000
/** Minimum number of listed values and patterns, because automatic choices use them; default number of bins. */
const TOP = 20
const BINS = 20

/** How detailed the facts of the sample are. */
export interface SampleDetail {
  readonly top_values: number
  readonly histogram_bins: number
}

/** Columns that are read alike, stacked in one table. */
interface Stack {
  readonly plan: ColumnPlan
  readonly table: string
  readonly cells: Cells
  /** The columns; a row has in `place` the index in this list. */
  readonly columns: readonly number[]
}

/**
 * The columns of the sample as temporary tables, one for all columns that are read alike, with their rows numbered as `_n`: a statement
 * costs more than the cells of most columns, and expressions for each of a thousand columns cost more than all cells.
 */
export interface LoadedSample {
  readonly stacks: readonly Stack[]
  readonly plans: readonly ColumnPlan[]
}

/** Loads the sample's columns into the temporary table `drawn`, with its rows numbered; returns the number of rows. */
export async function drawSample(session: Session, relation: string, columns: readonly SurveyColumn[]): Promise<number> {
  const own = [...new Set(columns.map(({ sql }) => sql)), 'row_number() OVER () AS _n']
  await session.run(`CREATE OR REPLACE TEMP TABLE drawn AS SELECT ${own.join(', ')} FROM (${relation})`)
  const [{ n = 0 } = {}] = await session.rows('SELECT count(*) AS n FROM drawn')
  return Number(n)
}

/** Reads these columns of the drawn sample. */
export async function loadSample(session: Session, columns: readonly SurveyColumn[]): Promise<LoadedSample> {
  const stacks: Stack[] = []
  const groups = alike(columns.map((column, at) => ({ ...column, at }))).flatMap((group) =>
    isOfOneType(group[0].plan) ? [group] : group.map((one): typeof group => [one]),
  )
  for (const [number, group] of groups.entries()) {
    const { plan } = group[0]
    const table = `sample${number}`
    const layers = noLayers()
    const cells = measuredCells(plan, 'r0', 0, layers)
    const [one] = group
    const raw =
      group.length === 1
        ? `SELECT 0 AS place, ${one.sql} AS r0, _n FROM drawn`
        : `SELECT unnest([${group.map((_, place) => place).join(', ')}]) AS place, unnest([${group.map(({ sql }) => sql).join(', ')}]) AS r0, _n FROM drawn`
    // the hashes of the sample's cells are not used
    await session.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${nest(raw, layersOf({ ...layers, hash: [] }))}`)
    stacks.push({ plan, table, cells, columns: group.map(({ at }) => at) })
  }
  return { stacks, plans: columns.map(({ plan }) => plan) }
}

/** Whether all columns of a plan have one SQL type: typed decimals can be FLOAT, DOUBLE or DECIMAL, which are formatted differently. */
const isOfOneType = ({ type, from_text }: ColumnPlan) => from_text || type !== 'float'

/** The range of a column over all rows. */
export type Range = Pick<ColumnFacts, 'minimum' | 'maximum'>

/**
 * The facts of the loaded columns, in order, in a number of statements that does not grow with them. `ranges` are those of the columns.
 * Facts for display only (lengths, bins, patterns) are computed if `isShown`.
 */
export async function sampledFacts(
  session: Session,
  { stacks, plans }: LoadedSample,
  ranges: readonly Range[],
  detail: SampleDetail | null,
  isShown: boolean,
): Promise<readonly SampledFacts[]> {
  if (stacks.length === 0) return []
  const most = Math.max(TOP, detail?.top_values ?? 0)
  const bins = detail?.histogram_bins ?? BINS
  const figures = stacks.map((stack, at) => {
    const { plan, table, cells } = stack
    const number = `CAST(${cells.value} AS DOUBLE)`
    const shown = shownOf(stack)
    const bin = isShown && isNumber(plan) ? binOf(number, stack, ranges, bins) : null
    const selected = [
      `${at} AS stack`,
      'place',
      `count(${cells.value}) AS cells`,
      `${isShown ? `min(length(${shown}))` : 'NULL'} AS shortest`,
      `${isShown ? `avg(length(${shown}))` : 'NULL'} AS middling`,
      `${isShown ? `max(length(${shown}))` : 'NULL'} AS longest`,
      `${isNumber(plan) ? `quantile_cont(${number}, [${QUANTILES.join(', ')}])` : 'NULL::DOUBLE[]'} AS quantiles`,
      `${isNumber(plan) ? `mad(${number})` : 'NULL::DOUBLE'} AS mad`,
      `${bin === null ? NO_BINS : `map_entries(histogram(${bin}))`} AS bins`,
    ]
    return `SELECT ${selected.join(', ')} FROM ${table} GROUP BY place`
  })
  const found = plans.map((): Record<string, Json> => ({}))
  for (const row of await session.rows(figures.join(' UNION ALL '))) found[columnOf(stacks, row)] = row
  const top = await listed(session, stacks, (stack) => counts(stack, ''), most)
  const patterns = await listed(
    session,
    stacks,
    (stack) =>
      isShown && stack.plan.type === 'text'
        ? // each distinct value once
          `SELECT place, ${pattern('value')} AS value, sum(count) AS count FROM (${counts(stack, ` AND _n <= ${PATTERN_ROWS}`)}) GROUP BY ALL`
        : null,
    most,
  )
  return found.map((row, at) => ({
    cells: Number(row['cells'] ?? 0),
    quantiles: Array.isArray(row['quantiles']) ? (row['quantiles'] as Json[]).map(Number) : null,
    mad: row['mad'] == null ? null : Number(row['mad']),
    histogram: isShown && isNumber(plans[at] as ColumnPlan) ? histogramOf(ranges[at], row['bins'], bins) : null,
    top: top[at] ?? [],
    patterns: patterns[at] ?? [],
    length:
      row['shortest'] == null
        ? null
        : {
            minimum: Number(row['shortest']),
            mean: Number(Number(row['middling']).toPrecision(6)),
            maximum: Number(row['longest']),
          },
  }))
}

/** The loaded column of a row. */
const columnOf = (stacks: readonly Stack[], { stack, place }: Record<string, Json>) => stacks[Number(stack)]?.columns[Number(place)] ?? -1

function counts(stack: Stack, also: string): string {
  const short = stack.plan.type === 'text' ? ` AND strlen(${shownOf(stack)}) <= ${MAX_LISTED_LENGTH}` : ''
  return `SELECT place, ${shownOf(stack)} AS value, count(*) AS count FROM ${stack.table} WHERE ${stack.cells.value} IS NOT NULL${short}${also} GROUP BY ALL`
}

const isNumber = ({ type }: ColumnPlan) => isNumeric(type)

const shownOf = ({ plan, cells }: Stack) => (plan.type === 'text' ? cells.present : `CAST(${cells.value} AS VARCHAR)`)

/**
 * The most frequent values of each column by a query of `place`, `value` and `count`; ties in order of value; empty if there is no query.
 */
async function listed(
  session: Session,
  stacks: readonly Stack[],
  query: (stack: Stack) => string | null,
  most: number,
): Promise<(readonly [string, number])[][]> {
  const found: (readonly [string, number])[][] = []
  for (const { columns } of stacks) for (const column of columns) found[column] = []
  const parts = stacks.flatMap((stack, at) => {
    const sql = query(stack)
    if (sql === null) return []
    const values = `SELECT ${at} AS stack, place, CAST(value AS VARCHAR) AS value, CAST(count AS BIGINT) AS count FROM (${sql})`
    // the first few of one list are found without sorting all of it
    return stack.columns.length === 1
      ? [`(${values} ORDER BY 4 DESC, 3 LIMIT ${most})`]
      : [`(FROM (${values}) QUALIFY row_number() OVER (PARTITION BY place ORDER BY count DESC, value) <= ${most})`]
  })
  if (parts.length === 0) return found
  const rows = await session.rows(
    `SELECT stack, place, value, count FROM (${parts.join(' UNION ALL ')}) ORDER BY stack, place, count DESC, value`,
  )
  for (const row of rows) found[columnOf(stacks, row)]?.push([String(row['value']), Number(row['count'])])
  return found
}

/** Letters as A and a, digits as 9, each run once: `Ab12` is `Aa9`. */
const pattern = (cell: string) =>
  `regexp_replace(regexp_replace(regexp_replace(left(${cell}, 60), '[0-9]+', '9', 'g'), '[\\p{Lu}]+', 'A', 'g'), '[\\p{Ll}]+', 'a', 'g')`

const NO_BINS = 'NULL::STRUCT(key INTEGER, value UBIGINT)[]'

/** The ends of a column's histogram; null if there is no range. */
function endsOf(range: Range | undefined): readonly [from: number, to: number] | null {
  const [from, to] = [Number(range?.minimum), Number(range?.maximum)]
  return Number.isFinite(from) && Number.isFinite(to) && from <= to ? [from, to] : null
}

/** The bin of a number; NULL if there is none. */
function binOf(number: string, { columns }: Stack, ranges: readonly Range[], bins: number): string {
  const ends = columns.map((column) => endsOf(ranges[column]))
  const of = (end: 0 | 1) => {
    const values = ends.map((own) => (own === null ? 'NULL::DOUBLE' : double(own[end])))
    return values.length === 1 ? `${values[0]}` : `([${values.join(', ')}])[place + 1]`
  }
  const [low, high] = [of(0), of(1)]
  // halves, because the whole range can exceed the largest number
  const bin = `least(${bins - 1}, CAST(floor((${number} / 2 - ${low} / 2) / (${high} / 2 - ${low} / 2) * ${bins}) AS INTEGER))`
  return `CASE WHEN ${low} = ${high} THEN CASE WHEN ${number} IS NOT NULL THEN 0 END WHEN ${number} BETWEEN ${low} AND ${high} THEN ${bin} END`
}

function histogramOf(range: Range | undefined, entries: Json | undefined, bins: number): SampledFacts['histogram'] {
  const ends = endsOf(range)
  if (ends === null) return null
  const [from, to] = ends
  const counts = Array.from({ length: from === to ? 1 : bins }, () => 0)
  if (Array.isArray(entries))
    for (const { key, value } of entries as unknown as { key: Json; value: Json }[]) counts[Number(key)] = Number(value)
  return { from, to, counts }
}

/** A bare literal would be a DECIMAL or INTEGER chosen by the parser, and overflow like one. */
const double = (value: number) => `'${value}'::DOUBLE`

/** Differences in writing that are not inconsistent: a missing cell or a boolean is the same however it is spelled. */
const HARMLESS: ReadonlySet<string> = new Set(['null_values', 'booleans'])

/**
 * Numbers of the rows of the sample with at least one cell written unlike its column: padded, or in a format or case that most of the
 * column does not have.
 */
export async function unlikeRows(
  session: Session,
  { stacks }: LoadedSample,
  facts: readonly Pick<ColumnFacts, 'values'>[],
): Promise<Iterable<bigint>> {
  const found: string[] = []
  for (const stack of stacks) {
    const conditions = await unlikeConditions(session, stack, facts)
    if (conditions.length > 0) found.push(`SELECT _n FROM ${stack.table} WHERE ${anyOf(conditions)}`)
  }
  if (found.length === 0) return []
  const [[rows] = []] = await session.lists(
    `SELECT COALESCE(list(DISTINCT CAST(_n AS UBIGINT) ORDER BY CAST(_n AS UBIGINT)), []) FROM (${found.join(' UNION ALL ')})`,
  )
  return rows ?? []
}

async function unlikeConditions(session: Session, stack: Stack, facts: readonly Pick<ColumnFacts, 'values'>[]): Promise<readonly string[]> {
  const { plan, cells, columns } = stack
  const rules: string[] = []
  for (const { rule, changes } of readingRules(plan, cells)) {
    if (HARMLESS.has(rule) || changes === 'FALSE') continue
    rules.push(rule === 'whitespace' ? changes : await minority(session, stack, changes))
  }
  if (plan.type !== 'text') return rules
  const varied = columns.flatMap((column, place) => {
    const own = facts[column]
    const variants = own?.values == null ? [] : Object.keys(caseVariants(own as ColumnFacts).values)
    return variants.length === 0 ? [] : [`WHEN ${place} THEN ${isOneOf(cells.trimmed, variants)}`]
  })
  return varied.length === 0 ? rules : [...rules, `(CASE place ${varied.join(' ')} ELSE FALSE END)`]
}

/** The condition for cells in the format of the minority: a column with a single format is consistent, whatever the format. */
async function minority(session: Session, { plan: { date }, table, cells: { present, value } }: Stack, changes: string): Promise<string> {
  const rows = await session.rows(
    `SELECT place, count(*) FILTER (WHERE ${changes}) AS n, count(${value}) AS "all" FROM ${table} GROUP BY place`,
  )
  const mostly = new Set(rows.filter(({ n, all }) => Number(n) * 2 > Number(all)).map(({ place }) => Number(place)))
  if (mostly.size === 0) return changes
  const [usual] = date?.formats ?? []
  const isUsual =
    usual === undefined || usual.startsWith('%Y-') || usual.startsWith('epoch')
      ? changes
      : `try_strptime(${present}, ${text(usual)}) IS NOT NULL`
  const unusual = allOf([`${value} IS NOT NULL`, `NOT COALESCE(${isUsual}, FALSE)`])
  return `CASE WHEN ${isNumbered('place', mostly)} THEN ${unusual} ELSE ${changes} END`
}
