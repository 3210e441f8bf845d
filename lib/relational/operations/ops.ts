/**
 * The operations that rows steps request: a small typed list of plain JSON that one place lowers to SQL, and another engine could run
 * directly. Steps say what, never how.
 */
import type { Expression } from '#relational/expression/ast.ts'
import type { Json } from '#core/json.ts'
import type { KeyMatch } from './key-set.ts'

/** The step and rule an operation belongs to; its changes and removals are counted under this name. */
export interface Origin {
  readonly step: string
  readonly rule: string
}

/** Identifies the repeats of a key: the survey that found them, the key set in it, and the number of preceding operations in the pass. */
export interface KeyReference {
  readonly survey: string
  readonly set: number
  readonly after: number
}

export type Op = CellOp | DeriveOp | FilterOp | CheckOp | DeduplicateOp | RenameOp | DropOp | SelectOp

/** Operations that need rows from different chunks to meet: they work on the whole relation. */
export type AcrossOp = SortOp | AggregateOp | PivotOp | JoinOp | WindowOp | SelectStatementOp

/** Replaces the cells of one column using a named cell operation (see `cells/`). */
export interface CellOp {
  readonly op: 'cell'
  readonly origin: Origin
  readonly column: string
  readonly cell: string
  readonly options: { readonly [name: string]: Json }
  /** False if the facts already contain the number of cells it changes. */
  readonly counted: boolean
  /** Quarantines rows with a changed cell, with this reason. */
  readonly quarantine?: string
}

/** Adds or replaces columns using expressions over the row. All expressions see the columns from before the operation. */
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

/** Counts the rows that fail a test, and quarantines them if so configured. */
export interface CheckOp {
  readonly op: 'check'
  readonly origin: Origin
  /** The column to name in messages; '' for the row. */
  readonly column: string
  readonly test: Test
  readonly fate: 'quarantine' | 'keep'
  /** The problem, as text for the quarantine file. */
  readonly reason: string
}

export type Test =
  /** Fails where the expression is true. */
  | { readonly is: 'violation'; readonly expression: Expression; readonly parameters: Parameters }
  /** Fails for the rows that repeat the key of an earlier row; they were found before, across all chunks. */
  | { readonly is: 'repeat'; readonly key_set: KeyReference }
  /** Fails where the cell holds a value that a column of another file does not. */
  | {
      readonly is: 'absent'
      readonly column: string
      readonly source: string
      readonly source_column: string
      readonly when?: Condition
      readonly match?: KeyMatch
    }

/** An expression with the values of its parameters. */
export interface Condition {
  readonly expression: Expression
  readonly parameters: Parameters
}

/** Removes all but one of the rows with the same key. The groups were found before, across all chunks. */
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

/** Sorts the rows. The sort is stable; missing values come last. */
export interface SortOp {
  readonly op: 'sort'
  readonly origin: Origin
  readonly by: readonly SortKey[]
}

/** One row per group, groups in the order of their first row. */
export interface AggregateOp {
  readonly op: 'aggregate'
  readonly origin: Origin
  readonly by: readonly string[]
  readonly columns: readonly ComputedColumn[]
}

/** Turns the values of one column into columns; one row per group of `rows`. */
export interface PivotOp {
  readonly op: 'pivot'
  readonly origin: Origin
  readonly rows: readonly string[]
  readonly column: string
  readonly value: ComputedColumn
}

/** Adds columns of another dataset, matched by key. */
export interface JoinOp {
  readonly op: 'join'
  readonly origin: Origin
  readonly kind: 'left' | 'inner'
  /** Path of the other dataset. */
  readonly source: string
  readonly on: readonly { readonly left: string; readonly right: string }[]
  /** Columns to add (default: all except the key). */
  readonly columns?: readonly string[]
  readonly match?: KeyMatch
}

/** Adds columns computed over other rows of the same partition. */
export interface WindowOp {
  readonly op: 'window'
  readonly origin: Origin
  readonly partition_by: readonly string[]
  readonly order_by: readonly SortKey[]
  readonly columns: readonly ComputedColumn[]
}

/** The result of a SELECT of the author. What it declares about rows is checked against what came out. */
export interface SelectStatementOp {
  readonly op: 'select_statement'
  readonly origin: Origin
  readonly statement: string
  /** The setting that holds the statement, and its file if it is one. */
  readonly written: { readonly path: readonly string[]; readonly file?: string }
  /** Other tables by their names in the statement: paths of datasets. */
  readonly inputs: { readonly [name: string]: string }
  readonly parameters: Parameters
  /** The columns that identify a row; with `members` those that identify a group. */
  readonly keys: readonly string[]
  /** The column in which the statement counts the rows of each group; absent: each row that comes out is a row that went in. */
  readonly members?: string
  /** Whether rows may be left out; these are counted as filtered. */
  readonly may_filter: boolean
}

export interface ComputedColumn {
  readonly name: string
  readonly expression: Expression
  readonly parameters: Parameters
}

/** Values of the `{{ … }}` parameters of an expression, by their text. */
export type Parameters = { readonly [path: string]: Json }
