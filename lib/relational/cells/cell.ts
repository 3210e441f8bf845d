/**
 * The contract of a cell operation: one way to rewrite the cells of a column. `cell` is always the SQL of a plain column reference, so it
 * may be repeated. Anything expensive runs behind a cheap test (see the measurements in docs/performance.md: trim alone costs as much as
 * parsing the row).
 */
import { type Once, repeat } from '#relational/types/sql.ts'
import type { Json } from '#core/json.ts'
import type { ColumnType } from '#relational/types/types.ts'

export type Options = { readonly [name: string]: Json }

export interface CellOperation<Settings extends Options = Options> {
  readonly name: string
  readonly summary: string
  /** The column's type afterwards. */
  type(before: ColumnType, options: Settings): ColumnType
  /** The new cell. Never fails at run time. `once` names values that are used more than once; without it they are repeated. */
  sql(cell: string, options: Settings, before: ColumnType, once?: Once): string
  /**
   * A cheap condition on the old cell: whether the operation changes its content (not only its SQL type); NULL means no. Without it,
   * changes are counted by comparing the cell before and after.
   */
  changes?(cell: string, options: Settings, before: ColumnType): string
  /** Whether it may turn a cell with a meaningful value into a missing one. */
  empties?(options: Settings): boolean
  /** What a text cell becomes, by the same rules as `sql`: null if missing, undefined if only SQL can compute it. */
  becomes?(cell: string | null, options: Settings): string | null | undefined
  /** Cheaper options with the same effect on cells that are missing or one of these values. */
  narrowed?(options: Settings, values: ReadonlySet<string>): Settings
}

interface Definition<Settings extends Options> extends CellOperation<Settings> {
  sql(cell: string, options: Settings, before: ColumnType, once: Once): string
}

/** Declares an operation and drops the type of its options, which the caller knows. */
export function defineCell<Settings extends Options>(definition: Definition<Settings>): CellOperation {
  const operation: CellOperation<Settings> = {
    ...definition,
    sql: (cell, options, before, once = repeat) => definition.sql(cell, options, before, once),
  }
  return operation as unknown as CellOperation
}

/** For operations that keep the type. */
export const sameType = (before: ColumnType) => before
