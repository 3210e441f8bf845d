/** What is taken from the uniform sample of records: order statistics, frequent values, patterns, lengths, and rows that are written unlike their columns. */
import type { Session } from '../duckdb/session.ts'
import { type ColumnFacts, QUANTILES, type SampledFacts } from '../measures/facts.ts'
import type { ColumnPlan } from '../relation/column-plan.ts'
import { nest } from '../lowering/lower.ts'
import { readingRules } from '../relation/reading.ts'
import { anyOf, text } from '../relation/sql.ts'
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

export async function sampledFacts(
  session: Session,
  plan: ColumnPlan,
  cells: SampleCells,
  range: Pick<ColumnFacts, 'minimum' | 'maximum'>,
  detail: SampleDetail | null,
): Promise<SampledFacts> {
  const most = Math.max(TOP, detail?.top_values ?? 0)
  const { present, value } = cells
  const numeric = plan.type === 'integer' || plan.type === 'decimal'
  const shown = plan.type === 'text' ? present : `CAST(${value} AS VARCHAR)`
  const number = `CAST(${value} AS DOUBLE)`
  const figures = [
    `count(${value}) AS cells`,
    `min(length(${shown})) AS shortest`,
    `avg(length(${shown})) AS middling`,
    `max(length(${shown})) AS longest`,
    ...(numeric ? [`quantile_cont(${number}, [${QUANTILES.join(', ')}]) AS quantiles`, `mad(${number}) AS mad`] : []),
  ]
  const [row = {}] = await session.rows(`SELECT ${figures.join(', ')} FROM sample`)
  const listed = async (counts: string) =>
    (await session.rows(`SELECT value, count FROM (${counts}) ORDER BY 2 DESC, 1 LIMIT ${most}`)).map(
      ({ value: found, count }) => [String(found), Number(count)] as const,
    )
  const counts = (from: string) => `SELECT ${shown} AS value, count(*) AS count FROM ${from} WHERE ${value} IS NOT NULL GROUP BY 1`
  return {
    cells: Number(row['cells'] ?? 0),
    quantiles: Array.isArray(row['quantiles']) ? row['quantiles'].map(Number) : null,
    mad: row['mad'] == null ? null : Number(row['mad']),
    histogram: numeric
      ? await histogram(session, number, Number(range.minimum), Number(range.maximum), detail?.histogram_bins ?? BINS)
      : null,
    top: await listed(counts('sample')),
    // of each different value once
    patterns:
      plan.type === 'text'
        ? await listed(
            `SELECT ${pattern('value')} AS value, sum(count) AS count FROM (${counts(`(FROM sample LIMIT ${PATTERN_ROWS})`)}) GROUP BY 1`,
          )
        : [],
    length:
      row['shortest'] == null
        ? null
        : { minimum: Number(row['shortest']), mean: Number(Number(row['middling']).toPrecision(6)), maximum: Number(row['longest']) },
  }
}

/** Letters as A and a, digits as 9, runs of them once: `Ab12` is `Aa9`. */
const pattern = (cell: string) =>
  `regexp_replace(regexp_replace(regexp_replace(left(${cell}, 60), '[0-9]+', '9', 'g'), '[\\p{Lu}]+', 'A', 'g'), '[\\p{Ll}]+', 'a', 'g')`

async function histogram(session: Session, number: string, from: number, to: number, bins: number) {
  if (!Number.isFinite(from) || !Number.isFinite(to) || from > to) return null
  if (from === to) {
    const [{ n = 0 } = {}] = await session.rows(`SELECT count(${number}) AS n FROM sample`)
    return { from, to, counts: [Number(n)] }
  }
  // halves, because the whole range may be more than a number holds
  const [low, high] = [double(from), double(to)]
  const bin = `least(${bins - 1}, CAST(floor((${number} / 2 - ${low} / 2) / (${high} / 2 - ${low} / 2) * ${bins}) AS INTEGER))`
  const rows = await session.rows(`SELECT ${bin} AS bin, count(*) AS n FROM sample WHERE ${number} BETWEEN ${low} AND ${high} GROUP BY 1`)
  const counts = Array.from({ length: bins }, () => 0)
  for (const { bin: at, n } of rows) counts[Number(at)] = Number(n)
  return { from, to, counts }
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
  return variants.length === 0 ? rules : [...rules, anyOf(variants.map((value) => `${cells.trimmed} = ${text(value)}`))]
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
  return `(${value} IS NOT NULL AND NOT COALESCE(${isUsual}, FALSE))`
}

/** Numbers of the rows of the sample with at least one such cell. */
export async function unlikeRows(session: Session, conditions: readonly string[]): Promise<Iterable<bigint>> {
  const happening = conditions.filter((condition) => condition !== 'FALSE')
  if (happening.length === 0) return []
  const some = happening.map((condition) => `COALESCE(${condition}, FALSE)`).join(' OR ')
  const [[rows] = []] = await session.lists(`SELECT COALESCE(list(CAST(_n AS UBIGINT)), []) FROM sample WHERE ${some}`)
  return rows ?? []
}
