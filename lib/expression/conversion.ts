/** Values of an expression as another type; what a column can be is converted as everywhere else. */
import { converted as ofColumn } from '../relation/conversion.ts'
import type { Once } from '../relation/once.ts'
import { SQL_TYPES } from '../relation/sql.ts'
import type { ColumnType } from '../relation/types.ts'
import type { Value } from './lowering.ts'

/** A value of type `from` as one of type `to`; NULL stays NULL, and an interval can only become text. */
export function converted(sql: string, from: Value['type'], to: ColumnType, once: Once): string {
  if (from === 'null') return `CAST(NULL AS ${SQL_TYPES[to]})`
  if (from === 'interval') return to === 'text' ? `CAST(${sql} AS VARCHAR)` : `CAST(NULL AS ${SQL_TYPES[to]})`
  return ofColumn(sql, from, to, once)
}
