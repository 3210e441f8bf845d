/**
 * What rows steps ask for: a small typed list of operations, plain JSON, that one place lowers to SQL and another
 * engine may one day run directly. Steps say what, never how.
 */
import type { Expression } from '#relational/expression/ast.ts'
import type { Json } from '#core/json.ts'

/** Whose doing an operation is; what it changes or removes is counted under this name. */
export interface Origin {
  readonly step: string
  readonly rule: string
}

/** The repeats of a key: which survey found them, for which of its key sets, and how many operations of the pass came before it. */
export interface KeyReference {
  readonly survey: string
  readonly set: number
  readonly after: number
}

export type Op = CellOp | DeriveOp | FilterOp | CheckOp | DeduplicateOp | RenameOp | DropOp | SelectOp

/** Operations for which rows must meet, whatever chunk they stand in: the whole relation at once. */
export type AcrossOp = SortOp | AggregateOp | PivotOp | JoinOp | WindowOp

/** Replaces the cells of one column by a named cell operation (see `cells/`). */
export interface CellOp {
  readonly op: 'cell'
  readonly origin: Origin
  readonly column: string
  readonly cell: string
  readonly options: { readonly [name: string]: Json }
  /** False when the facts already say how many cells it changes. */
  readonly counted: boolean
  /** Rows with a changed cell go to quarantine, for this reason. */
  readonly quarantine?: string
}

/** Adds columns, or replaces them, by expressions over the row; all of them see the columns as they were before. */
export interface DeriveOp {
  readonly op: 'derive'
  readonly origin: Origin
  readonly columns: readonly ComputedColumn[]
}

/** Keeps the rows for which the expression is true; the others are counted as filtered. */
export interface FilterOp {
  readonly op: 'filter'
  readonly origin: Origin
  readonly expression: Expression
  readonly parameters: Parameters
}

/** Counts the rows that fail a test, and sends them to quarantine when that is their fate. */
export interface CheckOp {
  readonly op: 'check'
  readonly origin: Origin
  /** The column the check is about, for messages; '' when it is about the row. */
  readonly column: string
  readonly test: Test
  readonly fate: 'quarantine' | 'keep'
  /** What is wrong, in words, for the quarantine file. */
  readonly reason: string
}

export type Test =
  /** Fails where the expression is true. */
  | { readonly is: 'violation'; readonly expression: Expression; readonly parameters: Parameters }
  /** Fails for the rows that repeat the key of an earlier row; they were found before, across all chunks. */
  | { readonly is: 'repeat'; readonly key_set: KeyReference }
  /** Fails where the cell holds a value that a column of another file does not. */
  | { readonly is: 'absent'; readonly column: string; readonly source: string; readonly source_column: string; readonly when?: Condition }

/** An expression with the values of its parameters. */
export interface Condition {
  readonly expression: Expression
  readonly parameters: Parameters
}

/** Removes all but one row of each group of rows with the same key. The groups were found before, across all chunks. */
export interface DeduplicateOp {
  readonly op: 'deduplicate'
  readonly origin: Origin
  readonly key_set: KeyReference
}

export interface RenameOp {
  readonly op: 'rename'
  readonly origin: Origin
  readonly names: { readonly [from: string]: string }
}

export interface DropOp {
  readonly op: 'drop'
  readonly origin: Origin
  readonly columns: readonly string[]
}

export interface SelectOp {
  readonly op: 'select'
  readonly origin: Origin
  readonly columns: readonly string[]
}

export interface SortKey {
  readonly column: string
  readonly order: 'asc' | 'desc'
}

/** Orders the rows; rows with equal keys stay in their order, missing values come last. */
export interface SortOp {
  readonly op: 'sort'
  readonly origin: Origin
  readonly by: readonly SortKey[]
}

/** One row for each group, groups in the order of their first row. */
export interface AggregateOp {
  readonly op: 'aggregate'
  readonly origin: Origin
  readonly by: readonly string[]
  readonly columns: readonly ComputedColumn[]
}

/** The values of one column become columns; one row for each group of `rows`. */
export interface PivotOp {
  readonly op: 'pivot'
  readonly origin: Origin
  readonly rows: readonly string[]
  readonly column: string
  readonly value: ComputedColumn
}

/** Columns of another dataset, found by key. */
export interface JoinOp {
  readonly op: 'join'
  readonly origin: Origin
  readonly kind: 'left' | 'inner'
  /** Path of the other dataset. */
  readonly source: string
  readonly on: readonly { readonly left: string; readonly right: string }[]
  /** Columns to bring over; absent: all but the key. */
  readonly columns?: readonly string[]
}

/** Columns computed over other rows of the same partition. */
export interface WindowOp {
  readonly op: 'window'
  readonly origin: Origin
  readonly partition_by: readonly string[]
  readonly order_by: readonly SortKey[]
  readonly columns: readonly ComputedColumn[]
}

export interface ComputedColumn {
  readonly name: string
  readonly expression: Expression
  readonly parameters: Parameters
}

/** Values of the `{{ … }}` parameters of an expression, by their text. */
export type Parameters = { readonly [path: string]: Json }
