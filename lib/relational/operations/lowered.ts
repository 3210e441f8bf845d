/** The result of lowering operations: columns, flags and layers, all as SQL. */
import type { KeyReference, Op, Origin } from './ops.ts'
import type { Values } from './narrow.ts'
import type { Column } from '#relational/types/types.ts'

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
  /** The condition; null if the rows are known by number from the repeats of a key. */
  readonly sql: string | null
  readonly key_set: KeyReference | null
}

export type Fate = 'keep' | 'quarantine' | 'filter' | 'deduplicate'

/** A column of the result with its lineage. */
export interface LoweredColumn extends Column {
  readonly sql: string
  /** The source columns it was computed from. */
  readonly from: readonly string[]
  /** The operations applied, as step and rule. */
  readonly through: readonly Origin[]
  /** False if the cells are those of one source column, changed or not. */
  readonly derived: boolean
  /** The possible non-missing cells, if known. */
  readonly values: Values
}

/** How an operation on cells changes a row. All SQL refers to the layers. */
export interface CellChange {
  readonly origin: Origin
  readonly column: string
  readonly before: string
  readonly after: string
  /** Whether it changes the cell. */
  readonly changed: string
}

export interface LoweredRelation {
  readonly columns: readonly LoweredColumn[]
  readonly flags: readonly Flag[]
  readonly changes: readonly CellChange[]
  /** Layers of `expression AS identifier`, innermost first. */
  readonly layers: readonly (readonly string[])[]
  /** The columns at the points where keys are compared, by the number of preceding operations. */
  readonly places: ReadonlyMap<number, readonly ColumnVersion[]>
}

/** A column at one point among the operations. The SQL is a plain reference above all layers. */
export interface ColumnVersion extends Column {
  readonly sql: string
}

/** The key whose repeats an operation handles; null for other operations. */
export function keyOf(operation: Op): KeyReference | null {
  if (operation.op === 'deduplicate') return operation.key_set
  return operation.op === 'check' && operation.test.is === 'repeat' ? operation.test.key_set : null
}
