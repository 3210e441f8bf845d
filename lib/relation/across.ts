/** Operations across rows: how they change the columns. What they do is in `tasks/exchange.ts`. */
import { typeOf } from './expressions.ts'
import type { AcrossOp, ComputedColumn } from './ops.ts'
import type { Column } from './types.ts'

const computed = (columns: readonly Column[], column: ComputedColumn): Column => ({
  name: column.name,
  type: typeOf(column, new Map(columns.map(({ name, type }) => [name, type]))),
})

const only = (columns: readonly Column[], names: readonly string[]) =>
  names.flatMap((name) => columns.filter((column) => column.name === name))

/** The columns after the operation, as far as they are known before the data is: a pivot's new columns and a join's are not. */
export function columnsAcross(columns: readonly Column[], operation: AcrossOp): readonly Column[] {
  switch (operation.op) {
    case 'sort':
    case 'join':
      return columns
    case 'aggregate':
      return [...only(columns, operation.by), ...operation.columns.map((column) => computed(columns, column))]
    case 'pivot':
      return only(columns, operation.rows)
    case 'window':
      return [...columns, ...operation.columns.map((column) => computed(columns, column))]
  }
}
