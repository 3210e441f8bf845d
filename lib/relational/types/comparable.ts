/** Columns of tables that were read apart, made comparable: numbers by their value, moments by their time, all else by its text. */
import type { ColumnType } from './types.ts'

const isNumber = (type: ColumnType) => type === 'integer' || type === 'decimal'
const isMoment = (type: ColumnType) => type === 'date' || type === 'timestamp'

/** What both sides are wrapped in before they are compared. */
export function comparable(a: ColumnType, b: ColumnType): (sql: string) => string {
  if (a === b) return (sql) => sql
  if (isNumber(a) && isNumber(b)) return (sql) => `CAST(${sql} AS DOUBLE)`
  if (isMoment(a) && isMoment(b)) return (sql) => `CAST(${sql} AS TIMESTAMP)`
  return (sql) => `CAST(${sql} AS VARCHAR)`
}
