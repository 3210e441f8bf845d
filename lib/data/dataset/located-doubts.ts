/** Adds to the doubts about columns where the first cell is that causes them. */
import { probableDoubt } from '#relational/infer/doubts.ts'
import { MISSING } from '#relational/infer/kind-of-cell.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { type CellExample, type CellKind, cellKinds } from './cell-kinds.ts'
import type { InspectedSource } from './inspected-source.ts'
import type { DatasetPlan } from './plan.ts'

/** The plan with lines in the doubts about columns that are probably of a type. `sources` are the inspections of its sources. */
export async function withLines(
  plan: DatasetPlan,
  sources: readonly InspectedSource[],
  context: Pick<TaskContext, 'store' | 'scratch'>,
): Promise<DatasetPlan> {
  const unsure = plan.columns.filter(({ probably }) => probably !== undefined)
  if (unsure.length === 0) return plan
  const kinds = await cellKinds(plan, sources, unsure, context)
  const texts = new Map(unsure.flatMap((column) => located(column, kinds.get(column.name) ?? [], plan.sources.length > 1)))
  const said = (list: readonly string[]) => list.map((text) => texts.get(text) ?? text)
  const columns = plan.columns.map((column) =>
    column.probably === undefined ? column : { ...column, notes: said(column.notes), doubts: said(column.doubts ?? []) },
  )
  return { ...plan, columns, notes: said(plan.notes) }
}

/** The doubt as it is, and as it is with a line. */
function located({ name, probably }: ColumnPlan, kinds: readonly CellKind[], several: boolean): readonly (readonly [string, string])[] {
  const odd = kinds.filter(({ fits, kind }) => !fits && kind !== MISSING).flatMap(({ examples }) => examples)
  const [first] = odd.filter(({ line }) => line > 0).sort(inOrder)
  if (first === undefined || probably === undefined) return []
  const line = several ? `${first.source}, line ${first.line}` : `line ${first.line}`
  return [[probableDoubt(name, probably), probableDoubt(name, { ...probably, first: first.value }, line)]]
}

const inOrder = (a: CellExample, b: CellExample) => (a.source < b.source ? -1 : a.source > b.source ? 1 : a.line - b.line)
