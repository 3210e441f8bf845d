/** Rows after the first steps of a segment, for surveys that measure there instead of at the source. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Session } from '#io/duckdb/session.ts'
import { keyOf } from '#relational/operations/lowered-pass.ts'
import type { Op } from '#relational/operations/ops.ts'
import { decodeRepeats } from '#data/survey/repeats.ts'
import type { Measurable, SurveyColumn } from '#data/survey/scan.ts'
import { relationAfter } from '#data/pass/prefix-relation.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { readBytes } from '#io/workspace/json-store.ts'
import { lowerPass } from './lower-pass.ts'
import type { RowsStep } from './lower-steps.ts'
import { prepareLookups } from '#data/pass/lookups.ts'

export type PrefixStep = RowsStep

export interface Prefix {
  /** Folders that DuckDB must be allowed to read. */
  readonly folders: readonly string[]
  /** Rows of a batch, numbered from 0, that are removed as duplicates. */
  repeated(batch: number): Promise<ReadonlySet<number>>
  /** The relation after the steps. `repeated` are its rows that are removed as duplicates. */
  apply(
    session: Session,
    opened: { readonly relation: string; readonly columns: readonly SurveyColumn[] },
    repeated: ReadonlySet<number>,
  ): Promise<Measurable>
}

export async function preparePrefix(dataset: DatasetPlan, prefix: readonly PrefixStep[], context: TaskContext): Promise<Prefix> {
  if (prefix.length === 0) {
    return { folders: [], repeated: async () => new Set(), apply: async (_session, opened) => ({ ...opened, gone: null, keyless: null }) }
  }
  const { pass } = await lowerPass(dataset, { steps: prefix, sink: null, latest: [], key: null }, context)
  const { operations } = pass
  const lookups = await prepareLookups(operations, context)
  return {
    folders: lookups.folders,
    repeated: (batch) => repeatedRows(operations, batch, context),
    apply: (session, opened, repeated) => relationAfter(session, opened, pass, lookups, repeated),
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
