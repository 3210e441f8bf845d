/** Rows after the first steps of a segment, for surveys that measure there instead of at the source. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Session } from '#io/duckdb/session.ts'
import { lower, nest } from '#relational/operations/to-sql.ts'
import { keyOf } from '#relational/operations/lowered.ts'
import type { Op } from '#relational/operations/ops.ts'
import { anyOf, isNumbered } from '#relational/types/sql.ts'
import { decodeRepeats } from '#data/survey/repeats.ts'
import type { Measurable, SurveyColumn } from '#data/survey/scan.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { readBytes } from '#io/workspace/json-store.ts'
import { lowerSteps, type RowsStep } from './lower-steps.ts'
import { prepareLookups } from '#data/pass/lookups.ts'
import { computedColumn } from '#relational/cells/column-plan.ts'

export type PrefixStep = RowsStep

/** A batch or the sample. */
interface Opened {
  readonly relation: string
  readonly columns: readonly SurveyColumn[]
}

export interface Prefix {
  /** Folders that DuckDB must be allowed to read. */
  readonly folders: readonly string[]
  /** Rows of a batch, numbered from 0, that are removed as duplicates. */
  repeated(batch: number): Promise<ReadonlySet<number>>
  /** The relation after the steps. `repeated` are its rows that are removed as duplicates. */
  apply(session: Session, opened: Opened, repeated: ReadonlySet<number>): Promise<Measurable>
}

const ROW = '_row'
const GONE = '_gone'
const KEYLESS = '_keyless'

export async function preparePrefix(dataset: DatasetPlan, prefix: readonly PrefixStep[], context: TaskContext): Promise<Prefix> {
  if (prefix.length === 0) {
    return { folders: [], repeated: async () => new Set(), apply: async (_session, opened) => ({ ...opened, gone: null, keyless: null }) }
  }
  const { operations, facts } = await lowerSteps(dataset, prefix, context)
  const lookups = await prepareLookups(operations, context)
  return {
    folders: lookups.folders,
    repeated: (batch) => repeatedRows(operations, batch, context),
    apply: async (session, { relation, columns }, repeated) => {
      const numbered = repeated.size === 0 ? relation : `SELECT *, row_number() OVER () - 1 AS ${ROW} FROM (${relation})`
      const loaded = await lookups.load(session)
      const lowering = lower({ columns, facts, reader: context.step, operations, lookups: loaded })
      const leaving = lowering.flags.flatMap(({ fate, sql }) => (fate === 'keep' || sql === null ? [] : [`COALESCE(${sql}, FALSE)`]))
      const rows = nest(numbered, lowering.layers)
      const marks = [
        ...(leaving.length === 0 ? [] : [`${anyOf(leaving)} AS ${KEYLESS}`]),
        ...(leaving.length + repeated.size === 0
          ? []
          : [`${anyOf([...leaving, ...(repeated.size === 0 ? [] : [isNumbered(ROW, repeated)])])} AS ${GONE}`]),
      ]
      return {
        relation: marks.length === 0 ? rows : `SELECT *, ${marks.join(', ')} FROM (${rows})`,
        columns: lowering.columns.map((column) => ({ plan: computedColumn(column), sql: column.sql })),
        gone: marks.length === 0 ? null : GONE,
        keyless: leaving.length === 0 ? null : KEYLESS,
      }
    },
  }
}

/** Repeats found by the surveys of the steps, as far as the operations remove them. */
async function repeatedRows(operations: readonly Op[], batch: number, { store, workspace }: TaskContext): Promise<ReadonlySet<number>> {
  const rows = new Set<number>()
  for (const operation of operations) {
    const key = operation.op === 'check' && operation.fate === 'keep' ? null : keyOf(operation)
    if (key === null) continue
    for (const [row] of decodeRepeats(await readBytes(store, workspace.repeats(key.survey, key.set, batch))).repeats) rows.add(row)
  }
  return rows
}
