/** Computes what example cells become when they are read. */
import type { Session } from '#io/duckdb/session.ts'
import { nest } from '#relational/operations/to-sql.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { text } from '#relational/types/sql.ts'
import { record } from '#core/text/record.ts'
import { alike } from './alike.ts'
import { layersOf, measuredCells, noLayers } from './cells.ts'

/** An example of what a rule changes in a column. */
interface Shown {
  readonly plan: ColumnPlan
  readonly column: number
  readonly rule: string
  readonly before: string
}

type Effects = Pick<ColumnFacts, 'effects'>

/** Adds to each example what it becomes, in a number of queries that does not grow with the columns. */
export async function withExamples<Exact extends Effects>(
  session: Session,
  plans: readonly ColumnPlan[],
  exacts: readonly Exact[],
): Promise<readonly Exact[]> {
  const shown = plans.flatMap((plan, column) =>
    Object.entries(exacts[column]?.effects ?? {}).flatMap(([rule, { example }]): Shown[] =>
      example === null ? [] : [{ plan, column, rule, before: example.before }],
    ),
  )
  const effects = exacts.map((exact) => record(Object.entries(exact.effects)))
  for (const group of alike(shown)) {
    const afters = await reread(session, group)
    for (const [at, { column, rule, before }] of group.entries()) {
      const own = effects[column]
      const effect = own?.[rule]
      if (own !== undefined && effect !== undefined) own[rule] = { ...effect, example: { before, after: afters[at] ?? null } }
    }
  }
  return exacts.map((exact, column) => ({ ...exact, effects: effects[column] ?? exact.effects }))
}

/** The cells after reading; for `whitespace`, the cell after trimming only. */
async function reread(session: Session, shown: readonly [Shown, ...Shown[]]): Promise<readonly (string | null)[]> {
  const layers = noLayers()
  const { trimmed, value } = measuredCells(shown[0].plan, 'r0', 0, layers)
  const cells = `SELECT unnest([${shown.map((_, at) => at).join(', ')}]) AS place, unnest([${shown.map(({ before }) => text(before)).join(', ')}]) AS r0`
  const rows = await session.rows(
    `SELECT place, ${trimmed} AS trimmed, CAST(${value} AS VARCHAR) AS read FROM (${nest(cells, layersOf(layers))})`,
  )
  const afters = shown.map((): string | null => null)
  for (const { place, trimmed: cut = null, read = null } of rows)
    afters[Number(place)] = (shown[Number(place)]?.rule === 'whitespace' ? cut : read) as string | null
  return afters
}
