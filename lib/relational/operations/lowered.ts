/** The result of lowering operations to SQL: columns, flags and layers. */
import type { ColumnLineage, Flag } from './lowered-pass.ts'
import type { Values } from './narrow.ts'
import type { Origin } from './ops.ts'
import type { Column } from '#relational/types/types.ts'

export interface LoweredFlag extends Flag {
  /** The condition; null if the rows are known by number from the repeats of a key. */
  readonly sql: string | null
  /** The list of conditions that the condition is in, with its place from 1. */
  readonly held?: { readonly list: string; readonly at: number }
}

export interface LoweredColumn extends ColumnLineage {
  readonly sql: string
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
  readonly flags: readonly LoweredFlag[]
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
