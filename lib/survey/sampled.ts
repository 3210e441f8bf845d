/** What is taken from the uniform sample of records: order statistics, frequent values, patterns, lengths, and rows that are written unlike their columns. */
import type { Json } from '../machine/asl.ts'
import type { Session } from '../duckdb/session.ts'
import { type ColumnFacts, QUANTILES, type SampledFacts } from '../measures/facts.ts'
import type { ColumnPlan } from '../relation/column-plan.ts'
import { nest } from '../lowering/lower.ts'
import { readingRules } from '../relation/reading.ts'
import { allOf, anyOf, isOneOf, text } from '../relation/sql.ts'
import { caseVariants } from '../measures/variants.ts'
import { layersOf, measuredCells, noLayers } from './cells.ts'
import type { SurveyColumn } from './scan.ts'

/** Patterns are found with regular expressions, a thousand times the price of a comparison. */
const PATTERN_ROWS = 5_000
/** Values and patterns listed, at least, because automatic choices are made by them too; and bins. */
const TOP = 20
const BINS = 20

/** How finely the sample is looked at. */
export interface SampleDetail {
  readonly top_values: number
  readonly histogram_bins: number
}

/** Loads these columns of the sample as the temporary table `sample`, its rows numbered; how the columns are called there. */
export async function loadSample(session: Session, relation: string, columns: readonly SurveyColumn[]) {
  const layers = noLayers()
  const cells = columns.map(({ plan, sql }, at) => measuredCells(plan, sql, at, layers))
  const own = `SELECT ${[...new Set(columns.map(({ sql }) => sql)), 'row_number() OVER () AS _n'].join(', ')} FROM (${relation})`
  // nobody asks for the hashes of the sample's cells
  await session.run(`CREATE OR REPLACE TEMP TABLE sample AS ${nest(own, layersOf({ ...layers, hash: [] }))}`)
  const [{ n = 0 } = {}] = await session.rows('SELECT count(*) AS n FROM sample')
  return { cells, rows: Number(n) }
}

type SampleCells = Awaited<ReturnType<typeof loadSample>>['cells'][number]

/** A column of the loaded sample with what is known of all its rows. */
export interface Sampled {
  readonly plan: ColumnPlan
  readonly cells: SampleCells
  readonly range: Pick<ColumnFacts, 'minimum' | 'maximum'>
}

/**
 * The facts of several columns, in their order, in a number of statements that does not grow with them: each costs more than most columns.
 * What only people look at (lengths, bins, patterns) is left out unless it `isShown`.
 */
export async function sampledFacts(
  session: Session,
  columns: readonly Sampled[],
  detail: SampleDetail | null,
  isShown: boolean,
): Promise<readonly SampledFacts[]> {
  if (columns.length === 0) return []
  const most = Math.max(TOP, detail?.top_values ?? 0)
  const bins = columns.map(({ plan, cells, range }) =>
    isShown && isNumber(plan)
      ? binsOf(`CAST(${cells.value} AS DOUBLE)`, Number(range.minimum), Number(range.maximum), detail?.histogram_bins ?? BINS)
      : null,
  )
  const figures = columns.flatMap((column, at) => {
    const { plan } = column
    const { value } = column.cells
    const shown = shownOf(column)
    const number = `CAST(${value} AS DOUBLE)`
    return [
      `count(${value}) AS cells${at}`,
      ...(isShown
        ? [`min(length(${shown})) AS shortest${at}`, `avg(length(${shown})) AS middling${at}`, `max(length(${shown})) AS longest${at}`]
        : []),
      ...(isNumber(plan) ? [`quantile_cont(${number}, [${QUANTILES.join(', ')}]) AS quantiles${at}`, `mad(${number}) AS mad${at}`] : []),
      ...(bins[at] == null ? [] : [`map_entries(histogram(${bins[at].sql})) AS bins${at}`]),
    ]
  })
  const [row = {}] = await session.rows(`SELECT ${figures.join(', ')} FROM sample`)
  const counts = (column: Sampled, from: string) =>
    `SELECT ${shownOf(column)} AS value, count(*) AS count FROM ${from} WHERE ${column.cells.value} IS NOT NULL GROUP BY 1`
  const top = await listed(
    session,
    columns.map((column) => counts(column, 'sample')),
    most,
  )
  const patterns = await listed(
    session,
    columns.map((column) =>
      isShown && column.plan.type === 'text'
        ? // of each different value once
          `SELECT ${pattern('value')} AS value, sum(count) AS count FROM (${counts(column, `(FROM sample LIMIT ${PATTERN_ROWS})`)}) GROUP BY 1`
        : null,
    ),
    most,
  )
  return columns.map((_, at) => ({
    cells: Number(row[`cells${at}`] ?? 0),
    quantiles: Array.isArray(row[`quantiles${at}`]) ? (row[`quantiles${at}`] as Json[]).map(Number) : null,
    mad: row[`mad${at}`] == null ? null : Number(row[`mad${at}`]),
    histogram: bins[at] == null ? null : bins[at].read(row[`bins${at}`]),
    top: top[at] ?? [],
    patterns: patterns[at] ?? [],
    length:
      row[`shortest${at}`] == null
        ? null
        : {
            minimum: Number(row[`shortest${at}`]),
            mean: Number(Number(row[`middling${at}`]).toPrecision(6)),
            maximum: Number(row[`longest${at}`]),
          },
  }))
}

const isNumber = ({ type }: ColumnPlan) => type === 'integer' || type === 'decimal'

const shownOf = ({ plan, cells }: Sampled) => (plan.type === 'text' ? cells.present : `CAST(${cells.value} AS VARCHAR)`)

/** The most frequent values of each query of `value` and `count`, the first of equals; none where there is no query. */
async function listed(session: Session, queries: readonly (string | null)[], most: number): Promise<(readonly [string, number])[][]> {
  const found = queries.map((): (readonly [string, number])[] => [])
  const parts = queries.flatMap((query, at) =>
    query === null
      ? []
      : [
          `(SELECT ${at} AS place, CAST(value AS VARCHAR) AS value, CAST(count AS BIGINT) AS count FROM (${query}) ORDER BY 3 DESC, 2 LIMIT ${most})`,
        ],
  )
  if (parts.length === 0) return found
  const rows = await session.rows(`SELECT place, value, count FROM (${parts.join(' UNION ALL ')}) ORDER BY place, count DESC, value`)
  for (const { place, value, count } of rows) found[Number(place)]?.push([String(value), Number(count)])
  return found
}

/** Letters as A and a, digits as 9, runs of them once: `Ab12` is `Aa9`. */
const pattern = (cell: string) =>
  `regexp_replace(regexp_replace(regexp_replace(left(${cell}, 60), '[0-9]+', '9', 'g'), '[\\p{Lu}]+', 'A', 'g'), '[\\p{Ll}]+', 'a', 'g')`

/** In which bin a number lies as SQL, and the histogram from how many lie in each; null when there is no range. */
function binsOf(number: string, from: number, to: number, bins: number) {
  if (!Number.isFinite(from) || !Number.isFinite(to) || from > to) return null
  const isPoint = from === to
  // halves, because the whole range may be more than a number holds
  const [low, high] = [double(from), double(to)]
  const bin = `least(${bins - 1}, CAST(floor((${number} / 2 - ${low} / 2) / (${high} / 2 - ${low} / 2) * ${bins}) AS INTEGER))`
  return {
    sql: isPoint ? `CASE WHEN ${number} IS NOT NULL THEN 0 END` : `CASE WHEN ${number} BETWEEN ${low} AND ${high} THEN ${bin} END`,
    read: (entries: Json | undefined) => {
      const counts = Array.from({ length: isPoint ? 1 : bins }, () => 0)
      if (Array.isArray(entries))
        for (const { key, value } of entries as unknown as { key: Json; value: Json }[]) counts[Number(key)] = Number(value)
      return { from, to, counts }
    },
  }
}

/** As digits alone a number would be a DECIMAL or an INTEGER of the parser's choice, and overflow like one. */
const double = (value: number) => `'${value}'::DOUBLE`

/** Differences in writing that are no inconsistency: a missing cell is one however it is spelled, and so is a yes. */
const HARMLESS: ReadonlySet<string> = new Set(['null_words', 'booleans'])

/** Conditions that a cell is written unlike its column: padded, in a format or case the column mostly does not have. */
export async function unlikeConditions(
  session: Session,
  plan: ColumnPlan,
  facts: Pick<ColumnFacts, 'values'>,
  cells: SampleCells,
): Promise<readonly string[]> {
  const rules: string[] = []
  for (const { rule, changes } of readingRules(plan, cells)) {
    if (HARMLESS.has(rule) || changes === 'FALSE') continue
    rules.push(rule === 'whitespace' ? changes : await minority(session, plan, cells, changes))
  }
  if (plan.type !== 'text' || facts.values === null) return rules
  const variants = Object.keys(caseVariants(facts as ColumnFacts).values)
  return variants.length === 0 ? rules : [...rules, isOneOf(cells.trimmed, variants)]
}

/** Which cells are in the format of the few: a column written in one way throughout is consistent, whatever the way. */
async function minority(session: Session, { date }: ColumnPlan, { present, value }: SampleCells, changes: string): Promise<string> {
  const [{ n = 0, all = 0 } = {}] = await session.rows(
    `SELECT count(*) FILTER (WHERE ${changes}) AS n, count(${value}) AS "all" FROM sample`,
  )
  if (Number(n) * 2 <= Number(all)) return changes
  const [usual] = date?.formats ?? []
  const isUsual =
    usual === undefined || usual.startsWith('%Y-') || usual.startsWith('epoch')
      ? changes
      : `try_strptime(${present}, ${text(usual)}) IS NOT NULL`
  return allOf([`${value} IS NOT NULL`, `NOT COALESCE(${isUsual}, FALSE)`])
}

/** Numbers of the rows of the sample with at least one such cell. */
export async function unlikeRows(session: Session, conditions: readonly string[]): Promise<Iterable<bigint>> {
  const happening = conditions.filter((condition) => condition !== 'FALSE')
  if (happening.length === 0) return []
  const some = anyOf(happening)
  const [[rows] = []] = await session.lists(`SELECT COALESCE(list(CAST(_n AS UBIGINT)), []) FROM sample WHERE ${some}`)
  return rows ?? []
}
