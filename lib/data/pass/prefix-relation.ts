/** The rows that a survey measures after the first operations of a pass, as a relation. */
import type { Session } from '#io/duckdb/session.ts'
import { lower, nest } from '#relational/operations/to-sql.ts'
import type { LoweredPass } from '#relational/operations/lowered-pass.ts'
import { anyOf, isNumbered } from '#relational/types/sql.ts'
import { computedColumn } from '#relational/cells/column-plan.ts'
import type { Measurable, SurveyColumn } from '#data/survey/scan.ts'
import type { PreparedLookups } from './lookups.ts'

const ROW = '_row'
const GONE = '_gone'
const KEYLESS = '_keyless'

/** A batch or the sample. */
interface Opened {
  readonly relation: string
  readonly columns: readonly SurveyColumn[]
}

/** The relation after the operations, with rows that they remove marked. `repeated` are its rows that are removed as duplicates. */
export async function relationAfter(
  session: Session,
  { relation, columns }: Opened,
  pass: LoweredPass,
  lookups: PreparedLookups,
  repeated: ReadonlySet<number>,
): Promise<Measurable> {
  const numbered = repeated.size === 0 ? relation : `SELECT *, row_number() OVER () - 1 AS ${ROW} FROM (${relation})`
  const lowered = lower({ ...pass, columns, lookups: await lookups.load(session) })
  const leaving = lowered.flags.flatMap(({ fate, sql }) => (fate === 'keep' || sql === null ? [] : [`COALESCE(${sql}, FALSE)`]))
  const rows = nest(numbered, lowered.layers)
  const marks = [
    ...(leaving.length === 0 ? [] : [`${anyOf(leaving)} AS ${KEYLESS}`]),
    ...(leaving.length + repeated.size === 0
      ? []
      : [`${anyOf([...leaving, ...(repeated.size === 0 ? [] : [isNumbered(ROW, repeated)])])} AS ${GONE}`]),
  ]
  return {
    relation: marks.length === 0 ? rows : `SELECT *, ${marks.join(', ')} FROM (${rows})`,
    columns: lowered.columns.map((column) => ({ plan: computedColumn(column), sql: column.sql })),
    gone: marks.length === 0 ? null : GONE,
    keyless: leaving.length === 0 ? null : KEYLESS,
  }
}

/** The rows that are not marked as removed. */
export const remaining = ({ relation, gone }: Pick<Measurable, 'relation' | 'gone'>): string =>
  gone === null ? relation : `SELECT * FROM (${relation}) WHERE NOT ${gone}`
