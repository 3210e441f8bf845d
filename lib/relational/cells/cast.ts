/** cast: converts a column to another type, like CAST in an expression. */
import { converted, losesValue } from '#relational/types/conversion.ts'
import { repeat } from '#relational/types/sql.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { defineCell } from './cell.ts'

export const cast = defineCell<{ to: ColumnType }>({
  name: 'cast',
  summary: 'Converts the column to another type; cells that cannot be converted become missing.',
  type: (_before, { to }) => to,
  empties: () => true,
  sql: (cell, { to }, before, once) => converted(cell, before, to, once),
  changes: (cell, { to }, before) => losesValue(cell, before, to, repeat),
})
