/** Rows after the first steps of a segment, for surveys that measure there instead of at the source. */
import type { DatasetPlan } from '../dataset/plan.ts'
import type { ColumnPlan } from '../relation/column-plan.ts'
import { lower, nest } from '../lowering/lower.ts'
import type { Column } from '../relation/types.ts'
import type { SurveyColumn } from '../survey/scan.ts'
import { lowerSteps, type RowsStep } from './lower-steps.ts'
import type { TaskContext } from '../workspace/context.ts'
import type { OpenBatch } from './open-batch.ts'

export type PrefixStep = RowsStep

/**
 * The relation a survey measures and its columns. Rows that leave at an earlier step (filters, checks) are still measured: facts are
 * about what a step might see, and a row's place must not depend on others leaving.
 */
export async function prefixRelation(
  dataset: DatasetPlan,
  opened: Pick<OpenBatch, 'relation' | 'columns'>,
  prefix: readonly PrefixStep[],
  context: TaskContext,
): Promise<{ relation: string; columns: readonly SurveyColumn[] }> {
  if (prefix.length === 0) return opened
  const { operations, facts } = await lowerSteps(dataset, prefix, context)
  const lowering = lower({ columns: opened.columns, facts, reader: context.step, operations })
  return {
    relation: nest(opened.relation, lowering.layers),
    columns: lowering.columns.map((column) => ({ plan: computedColumn(column), sql: column.sql })),
  }
}

/** How a column is measured that comes with its type. */
export const computedColumn = ({ name, type }: Column): ColumnPlan => ({
  name,
  type,
  semantic: type === 'date' || type === 'timestamp' ? type : null,
  from_text: false,
  null_words: null,
  number: null,
  date: null,
  dictionary: false,
  padded: true,
  worded: true,
  folded: false,
  sketched: true,
  centre: 0,
  scale: 20,
  fixed: true,
  notes: [],
})
