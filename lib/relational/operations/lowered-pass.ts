/**
 * A pass over rows as plain JSON: what an engine carries out, without how. It holds no SQL, so any engine can take it, and it can be
 * printed and stored.
 */
import type { Facts } from '#relational/measures/facts.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { KeySet } from './key-set.ts'
import type { KeyReference, Op, Origin } from './ops.ts'
import type { Column } from '#relational/types/types.ts'

export interface LoweredPass {
  /** The columns to read, in the order of the dataset. */
  readonly columns: readonly ColumnPlan[]
  /** What was measured in these columns, or null. An engine may leave out work that the facts show to be unnecessary. */
  readonly facts: Facts | null
  /** The step under which reading is counted. */
  readonly reader: string
  readonly operations: readonly Op[]
  /** The keys whose repeats the operations handle. */
  readonly keys: readonly SurveyedKey[]
  readonly output: PassOutput
}

/** A key set and the survey that found its repeats. */
export interface SurveyedKey {
  readonly reference: KeyReference
  readonly set: KeySet
}

/** What is asked about the rows that come out. */
export interface PassOutput {
  /** Columns that identify a row, by their names in the sources; null is the whole row. */
  readonly key: readonly string[] | null
  /** Columns whose latest value is requested, as rules name them. */
  readonly latest: readonly string[]
}

/** One bit of a row's mask: a condition that some operation counts, in the order of the operations. */
export interface Flag {
  readonly origin: Origin
  /** The column it concerns; '' for the row. */
  readonly column: string
  /** What happens to a row for which it is true. */
  readonly fate: Fate
  /** `lost`: a value that became missing; `void`: a cell that was missing before such an operation. */
  readonly counts: 'cells' | 'rows' | 'lost' | 'void'
  /** Text for quarantine and violations. */
  readonly reason: string
  /** The key whose repeats raise it; null if it is a condition on the row. */
  readonly key_set: KeyReference | null
}

export type Fate = 'keep' | 'quarantine' | 'filter' | 'deduplicate'

/** A column of the result with its lineage. */
export interface ColumnLineage extends Column {
  /** The source columns it was computed from. */
  readonly from: readonly string[]
  /** The operations applied, as step and rule. */
  readonly through: readonly Origin[]
  /** False if the cells are those of one source column, changed or not. */
  readonly derived: boolean
  /** The expression that computed its cells; absent if no expression did. */
  readonly expression?: string
}

/** The key whose repeats an operation handles; null for other operations. */
export function keyOf(operation: Op): KeyReference | null {
  if (operation.op === 'deduplicate') return operation.key_set
  return operation.op === 'check' && operation.test.is === 'repeat' ? operation.test.key_set : null
}

const NOTHING = { is: 'repeat', key_set: { survey: '', set: 0, after: 0 } } as const

/** The pass without looking up values in other files: its columns are the same, and so are the cells its operations change. */
export const withoutLookups = (pass: LoweredPass): LoweredPass => ({
  ...pass,
  operations: pass.operations.map((operation) =>
    operation.op === 'check' && operation.test.is === 'absent' ? { ...operation, test: NOTHING } : operation,
  ),
})
