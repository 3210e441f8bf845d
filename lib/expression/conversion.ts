/** SQL that turns a value of one type into another: what has no counterpart becomes NULL, nothing fails. */
import { SQL_TYPES, text as quoted } from '../relation/sql.ts'
import type { ColumnType } from '../relation/types.ts'
import { finite } from './decimals.ts'
import type { Once } from '../relation/once.ts'
import { ISO_OFFSET, ISO_PLAIN } from './patterns.ts'
import type { ValueType } from './types.ts'

/** A value of type `from` as one of type `to`. */
export function converted(sql: string, from: ValueType, to: ColumnType, once: Once): string {
  if (from === to) return sql
  if (from === 'null') return `CAST(NULL AS ${SQL_TYPES[to]})`
  if (to === 'text') return `CAST(${sql} AS VARCHAR)`
  if (from === 'text') return fromText(sql, to, once)
  if (from === 'boolean' && (to === 'integer' || to === 'decimal')) return `CAST(${sql} AS ${SQL_TYPES[to]})`
  if (from === 'decimal' && to === 'integer') return `TRY_CAST(round(${sql}) AS BIGINT)`
  const related =
    (from === 'integer' && to === 'decimal') || (from === 'date' && to === 'timestamp') || (from === 'timestamp' && to === 'date')
  if (related || ((from === 'integer' || from === 'decimal') && to === 'boolean')) return `TRY_CAST(${sql} AS ${SQL_TYPES[to]})`
  // dates and numbers have no counterparts in one another; the checker says so before a run
  return `TRY_CAST(CAST(${sql} AS VARCHAR) AS ${SQL_TYPES[to]})`
}

function fromText(sql: string, to: ColumnType, once: Once): string {
  switch (to) {
    case 'integer':
      // DuckDB rounds '12.7' to 13; a text that is no whole number is no integer
      return once(
        sql,
        (value) => `CASE WHEN trunc(TRY_CAST(${value} AS DOUBLE)) = TRY_CAST(${value} AS DOUBLE) THEN TRY_CAST(${value} AS BIGINT) END`,
      )
    case 'decimal':
      // 'inf' and 'nan' are no numbers to calculate with
      return once(sql, (value) => finite(`TRY_CAST(${value} AS DOUBLE)`, once))
    case 'date':
    case 'timestamp':
      return once(sql, (value) => momentOf(value, to, once))
    default:
      return `TRY_CAST(${sql} AS ${SQL_TYPES[to]})`
  }
}

/**
 * A text of ISO 8601 as a date or timestamp. The shape is checked first, because DuckDB's cast ignores what follows a
 * date, takes 24-1-1 for the year 24, and drops offsets from UTC.
 */
export function momentOf(sql: string, to: 'date' | 'timestamp', once: Once): string {
  return once(sql, (value) => {
    const plain = `WHEN regexp_full_match(${value}, ${quoted(ISO_PLAIN)}) THEN TRY_CAST(${value} AS TIMESTAMP)`
    if (to === 'date')
      return `TRY_CAST(CASE ${plain} WHEN regexp_full_match(${value}, ${quoted(ISO_OFFSET)}) THEN TRY_CAST(regexp_extract(${value}, '[0-9-]+') AS TIMESTAMP) END AS DATE)`
    return `CASE ${plain} WHEN regexp_full_match(${value}, ${quoted(ISO_OFFSET)}) THEN TRY_CAST(trim(${value}) AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END`
  })
}
