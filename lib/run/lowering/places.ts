/** Rules inside a step that depend on keys or figures: whether the rules before them changed these, and the values at that point. */
import { findJson } from '#io/workspace/json-store.ts'
import { columnsAfterAll } from '#relational/operations/across.ts'
import type { AcrossOp, Op } from '#relational/operations/ops.ts'
import type { ColumnFacts, Facts } from '#relational/measures/facts.ts'
import { type Column, isNumeric } from '#relational/types/types.ts'
import type { Place } from '#steps/kind/step.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { named } from '#core/text/lookup.ts'

type Operations = readonly (Op | AcrossOp)[]

/** Cell operations that keys ignore anyway, and that leave figures unchanged. */
const SEEN: ReadonlySet<string> = new Set(['trim', 'null_values'])

const isNumber = ({ type }: Pick<Column, 'type'>) => isNumeric(type)

/** The columns whose figures a rule uses. */
export const columnsOf = ({ figures }: Place, columns: readonly Column[]): readonly Column[] =>
  figures === null ? [] : figures === 'all' ? columns : columns.filter(isNumber)

/** Which of the keys and figures of a rule the operations before it changed. `columns` and `facts` describe the start of the step. */
export function changedAt(place: Place, operations: Operations, columns: readonly Column[], facts: Facts | undefined) {
  const keys = new Set(place.key_sets.flatMap(({ columns: own }) => own ?? []).map((name) => name.toLowerCase()))
  const figures = new Set(columnsOf(place, columnsAfterAll(columns, operations)).map(({ name }) => name))
  return {
    keys: operations.some((operation) => changedColumns(operation).some((name) => keys.has(name.toLowerCase()))),
    figures:
      place.figures !== null &&
      operations.some((operation) => removesRows(operation, facts) || changedColumns(operation).some((name) => figures.has(name))),
  }
}

function changedColumns(operation: Op | AcrossOp): readonly string[] {
  if (operation.op === 'cell') return SEEN.has(operation.cell) ? [] : [operation.column]
  return operation.op === 'derive' ? operation.columns.map(({ name }) => name) : []
}

/** Whether an operation may remove rows; for duplicates their number is known. */
function removesRows(operation: Op | AcrossOp, facts: Facts | undefined): boolean {
  if (operation.op === 'deduplicate') return (facts?.surplus[operation.key_set.set] ?? 1) > 0
  return operation.op === 'filter' || (operation.op === 'check' && operation.fate === 'quarantine')
}

/** Figures measured inside a step, by rule; rules before which nothing changed have none. */
export async function figuresOf(
  { places = [] }: { readonly places?: readonly (Place & { readonly survey: string })[] },
  { store, workspace }: Pick<TaskContext, 'store' | 'workspace'>,
): Promise<ReadonlyMap<number, Facts>> {
  const found = new Map<number, Facts>()
  for (const { rule, survey, figures } of places) {
    const facts = figures === null ? undefined : await findJson<Facts>(store, workspace.facts(survey))
    if (facts !== undefined) found.set(rule, facts)
  }
  return found
}

/** The facts at the start of the step, with the figures measured at a rule. */
export function withFigures(facts: Facts | undefined, measured: Facts | undefined, { figures }: Place): Facts | undefined {
  if (facts === undefined || measured === undefined) return facts
  const columns = facts.columns.map((column): ColumnFacts => {
    const own = named(measured.columns, column.name)
    if (own === undefined) return column
    const { mean, deviation, sum, minimum, maximum, distinct, sampled } = own
    if (figures === 'sample') return { ...column, sampled, mean: null, deviation: null, sum: null }
    // null values are known only for the cells as read
    const values = figures === 'all' ? own.values : column.values
    return { ...column, mean, deviation, sum, minimum, maximum, distinct, sampled, values }
  })
  return { ...facts, columns }
}
