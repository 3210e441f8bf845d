/** Values of an expression as another type; what a column can be is converted as everywhere else. */
import { converted as ofColumn } from '#relational/types/conversion.ts'
import type { Once } from '#relational/types/once.ts'
import { SQL_TYPES } from '#relational/types/sql.ts'
import type { ColumnType } from '#relational/types/types.ts'
import type { ValueType } from './types.ts'

/** A value of type `from` as one of type `to`; NULL stays NULL, and an interval can only become text. */
export function converted(sql: string, from: Exclude<ValueType, 'unknown'>, to: ColumnType, once: Once): string {
  if (from === 'null') return `CAST(NULL AS ${SQL_TYPES[to]})`
  if (from === 'interval') return to === 'text' ? `CAST(${sql} AS VARCHAR)` : `CAST(NULL AS ${SQL_TYPES[to]})`
  return ofColumn(sql, from, to, once)
}
