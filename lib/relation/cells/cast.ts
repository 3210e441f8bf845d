/** cast: a column as another type; a cell that has no value of that type becomes missing. */
import { allOf, SQL_TYPES } from '../sql.ts'
import type { ColumnType } from '../types.ts'
import { defineCell } from './cell.ts'

function converted(cell: string, to: ColumnType, before: ColumnType): string {
  if (to === before) return cell
  // DuckDB rounds 1.5 to 2 on the way to an integer; a cast that loses something is no cast
  if (to === 'integer' && before !== 'boolean')
    return `CASE WHEN trunc(TRY_CAST(${cell} AS DOUBLE)) = TRY_CAST(${cell} AS DOUBLE) THEN TRY_CAST(${cell} AS BIGINT) END`
  return `TRY_CAST(${cell} AS ${SQL_TYPES[to]})`
}

export const cast = defineCell<{ to: ColumnType }>({
  name: 'cast',
  summary: 'The column gets another type; cells without a value of that type become missing.',
  type: (_before, { to }) => to,
  empties: () => true,
  sql: (cell, { to }, before) => converted(cell, to, before),
  changes: (cell, { to }, before) => allOf([`${cell} IS NOT NULL`, `${converted(cell, to, before)} IS NULL`]),
})
