/**
 * The contract of a cell operation: one way of rewriting the cells of a column. `cell` is always the SQL of a plain
 * column reference, so it may be repeated freely; anything costly is guarded by a cheap test first (see the
 * measurements in docs/performance.md: trim alone costs as much as parsing the row).
 */
import { type Once, repeat } from '#relational/types/once.ts'
import type { Json } from '#core/json.ts'
import type { ColumnType } from '#relational/types/types.ts'

export type Options = { readonly [name: string]: Json }

export interface CellOperation<Settings extends Options = Options> {
  readonly name: string
  readonly summary: string
  /** The column's type afterwards. */
  type(before: ColumnType, options: Settings): ColumnType
  /** The new cell. Never fails at run time, whatever the cell holds. `once` names what is used more than once; without it that is repeated. */
  sql(cell: string, options: Settings, before: ColumnType, once?: Once): string
  /**
   * A cheap condition on the old cell: whether the operation changes what it says (not merely its SQL type); NULL counts
   * as no. An operation without one is counted by comparing the cell before and after.
   */
  changes?(cell: string, options: Settings, before: ColumnType): string
  /** Whether it may leave cells missing that held something which meant something. */
  empties?(options: Settings): boolean
  /** What a text cell becomes, by the same rules as in `sql`; null is missing, undefined where only SQL can tell. */
  becomes?(cell: string | null, options: Settings): string | null | undefined
  /** Options that do the same to cells that are one of these values or missing, at less cost. */
  narrowed?(options: Settings, values: ReadonlySet<string>): Settings
}

interface Definition<Settings extends Options> extends CellOperation<Settings> {
  sql(cell: string, options: Settings, before: ColumnType, once: Once): string
}

/** Declares an operation and forgets the type of its options, which whoever makes the operation has to know anyway. */
export function defineCell<Settings extends Options>(definition: Definition<Settings>): CellOperation {
  const operation: CellOperation<Settings> = {
    ...definition,
    sql: (cell, options, before, once = repeat) => definition.sql(cell, options, before, once),
  }
  return operation as unknown as CellOperation
}

/** For operations that leave the type as it is. */
export const sameType = (before: ColumnType) => before
