/** cast: a column as another type, as CAST in an expression makes it. */
import { converted, losesValue } from '#relational/types/conversion.ts'
import { repeat } from '#relational/types/once.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { defineCell } from './cell.ts'

export const cast = defineCell<{ to: ColumnType }>({
  name: 'cast',
  summary: 'The column gets another type; cells without a value of that type become missing.',
  type: (_before, { to }) => to,
  empties: () => true,
  sql: (cell, { to }, before, once) => converted(cell, before, to, once),
  changes: (cell, { to }, before) => losesValue(cell, before, to, repeat),
})
