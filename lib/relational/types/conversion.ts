/**
 * SQL that converts a value to another type. What has no counterpart becomes NULL; nothing fails. Used by CAST in expressions and by the
 * cell operation cast.
 */
import { anyOf, type Once, sqlType, text as quoted } from './sql.ts'
import {
  decimalDigits,
  DIGITS,
  FALSE_TEXTS,
  ISO_OFFSET_MINUTE,
  ISO_OFFSET_SECOND,
  ISO_PLAIN,
  NUMBER,
  POWER,
  TRUE_TEXTS,
} from './text-forms.ts'
import {
  type ColumnType,
  type DecimalType,
  decimalType,
  digitsOf,
  FLOAT_DIGITS,
  isDecimal,
  isExactNumber,
  isNumeric as isNumber,
  MAX_PRECISION,
} from './types.ts'
import { trimmedSql, WHITE_PATTERN } from './white-space.ts'

/** A DOUBLE, or NULL when it is infinite or not a number. */
export const finite = (sql: string, once: Once) => once(sql, (value) => `CASE WHEN isfinite(${value}) THEN ${value} END`)

/** The largest number up to which a DOUBLE represents every whole number. */
const MAX_EXACT = Number.MAX_SAFE_INTEGER

const isMoment = (type: ColumnType) => type === 'date' || type === 'timestamp'

/** Converts a value of type `from` to type `to`. */
export function converted(sql: string, from: ColumnType, to: ColumnType, once: Once): string {
  if (from === to) return sql
  if (to === 'text') return `CAST(${sql} AS VARCHAR)`
  if (from === 'text') return once(sql, (value) => fromText(value, to, once))
  if (isDecimal(from) && to === 'float') return floatOf(sql, from)
  // by its shortest text, because the digits behind it are noise: 1.005 is 1.01 with two digits, as with round
  if (from === 'float' && isDecimal(to)) return `TRY_CAST(CAST(${sql} AS VARCHAR) AS ${sqlType(to)})`
  if (from === 'float' && to === 'integer') return `TRY_CAST(round(${sql}) AS BIGINT)`
  if (isNumber(from) && to === 'boolean') return once(sql, (value) => `CASE WHEN ${value} = 1 THEN TRUE WHEN ${value} = 0 THEN FALSE END`)
  if (from === 'boolean' && isDecimal(to)) return `TRY_CAST(CAST(${sql} AS INTEGER) AS ${sqlType(to)})`
  if (from === 'boolean' && isNumber(to)) return `CAST(${sql} AS ${sqlType(to)})`
  if ((isNumber(from) && isNumber(to)) || (isMoment(from) && isMoment(to))) return `TRY_CAST(${sql} AS ${sqlType(to)})`
  // dates, numbers and booleans have no counterparts in each other; the checker reports this before a run
  return `CAST(NULL AS ${sqlType(to)})`
}

/** An exact decimal as the nearest 64-bit float. DuckDB divides, which is exact for few digits only. */
export const floatOf = (sql: string, type: DecimalType) =>
  digitsOf(type).precision <= FLOAT_DIGITS ? `CAST(${sql} AS DOUBLE)` : `CAST(CAST(${sql} AS VARCHAR) AS DOUBLE)`

/**
 * Whether the conversion loses a value: the cell is not empty, and the new type has no value for it, or only a different number. A cast to
 * a date drops the time of day on purpose. `cell` is a plain reference.
 */
export function losesValue(cell: string, from: ColumnType, to: ColumnType, once: Once): string {
  const value = converted(cell, from, to, once)
  if (isNumber(from) && isNumber(to) && from !== to) {
    const back =
      isDecimal(from) || isDecimal(to)
        ? converted(value, to, from, once)
        : `TRY_CAST(${value} AS ${from === 'integer' ? 'HUGEINT' : 'DOUBLE'})`
    return `(${cell} IS NOT NULL AND ${back} IS DISTINCT FROM ${cell})`
  }
  const holds = from === 'text' ? `${trimmedSql(cell)} <> ''` : `${cell} IS NOT NULL`
  return `(${holds} AND ${value} IS NULL)`
}

/**
 * Checks the form first, because DuckDB's casts accept too much: '12.7' is 13, '1_000' is 1000, '+-5' is -5, 'inf' is infinite, and what
 * follows a date is silently ignored.
 */
function fromText(value: string, to: Exclude<ColumnType, 'text'>, once: Once): string {
  const said = trimmedSql(value)
  if (isDecimal(to)) {
    const { scale } = digitsOf(to)
    // a text of few digits is the same number as its float
    const power = once(
      `TRY_CAST(${said} AS ${sqlType(to)})`,
      (number) =>
        `CASE WHEN strlen(${said}) <= ${FLOAT_DIGITS} AND CAST(${number} AS DOUBLE) = TRY_CAST(${said} AS DOUBLE) THEN ${number} END`,
    )
    return `CASE WHEN ${isWritten(value, decimalDigits(scale))} THEN TRY_CAST(${said} AS ${sqlType(to)}) WHEN ${isWritten(value, POWER)} THEN ${power} END`
  }
  switch (to) {
    case 'integer': {
      const power = once(
        `TRY_CAST(${said} AS DOUBLE)`,
        (number) => `CASE WHEN abs(${number}) <= ${MAX_EXACT} AND trunc(${number}) = ${number} THEN CAST(${number} AS BIGINT) END`,
      )
      return `CASE WHEN ${isWritten(value, DIGITS)} THEN TRY_CAST(split_part(${said}, '.', 1) AS BIGINT) WHEN ${isWritten(value, POWER)} THEN ${power} END`
    }
    case 'float':
      return `CASE WHEN ${isWritten(value, NUMBER)} THEN ${finite(`TRY_CAST(${said} AS DOUBLE)`, once)} END`
    case 'boolean':
      return once(
        `lower(${said})`,
        (word) => `CASE WHEN ${isOneOf(word, TRUE_TEXTS)} THEN TRUE WHEN ${isOneOf(word, FALSE_TEXTS)} THEN FALSE END`,
      )
    case 'date':
    case 'timestamp':
      return momentOf(value, to, once)
  }
}

const isOneOf = (word: string, words: readonly string[]) => anyOf(words.map((one) => `${word} = ${quoted(one)}`))

/** Whether a text has a form, ignoring white space around it. */
export const isWritten = (value: string, form: string) =>
  `regexp_full_match(${value}, ${quoted(`${WHITE_PATTERN}(?:${form})${WHITE_PATTERN}`)})`

/** Parses ISO 8601 text as a timestamp, with an offset converted to UTC, or as its date. */
export function momentOf(value: string, to: 'date' | 'timestamp', once: Once): string {
  const said = trimmedSql(value)
  const plain = `TRY_CAST(rtrim(${said}, 'Z') AS TIMESTAMP)`
  // DuckDB requires seconds before an offset, and no space between
  const seconds = `replace(replace(${said}, ' +', '+'), ' -', '-')`
  const minutes = `regexp_replace(${said}, ' ?([+-][0-9:]+)$', ':00\\1')`
  const utc = (text: string) => `TRY_CAST(${text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'`
  const offset = `CASE WHEN ${isWritten(value, ISO_OFFSET_SECOND)} THEN ${utc(seconds)} WHEN ${isWritten(value, ISO_OFFSET_MINUTE)} THEN ${utc(minutes)} END`
  const known = once(offset, (moment) => {
    const made = to === 'date' ? `TRY_CAST(regexp_extract(${value}, '[0-9-]+') AS DATE)` : moment
    return `CASE WHEN year(${moment}) BETWEEN 1 AND 9999 THEN ${made} END`
  })
  return `CASE WHEN ${isWritten(value, ISO_PLAIN)} THEN ${to === 'date' ? `TRY_CAST(${plain} AS DATE)` : plain} ELSE ${known} END`
}

/** The digits of 64-bit integers. */
export const INTEGER_DIGITS = 19

/** The digits before and behind the point that hold all values of these types. */
export function roomOf(types: readonly ('integer' | DecimalType)[]): { readonly whole: number; readonly scale: number } {
  const parts = types.map((type) => (type === 'integer' ? { whole: INTEGER_DIGITS, scale: 0 } : digitsOf(type)))
  return { whole: Math.max(...parts.map(({ whole }) => whole)), scale: Math.max(...parts.map(({ scale }) => scale)) }
}

/** The exact decimal that holds all values of these types, with the digits behind the point first if 38 are not enough. */
function widestOf(types: readonly ('integer' | DecimalType)[]): DecimalType {
  const { whole, scale } = roomOf(types)
  return decimalType(Math.min(MAX_PRECISION, whole + scale), scale)
}

/**
 * Makes columns of separately read tables comparable, with SQL around both sides: numbers by value, dates and timestamps by time, everything
 * else by text, as `texts` compares them.
 */
export function comparable(a: ColumnType, b: ColumnType, texts = (sql: string) => sql): (sql: string) => string {
  if (a === b) return a === 'text' ? texts : (sql) => sql
  // values that the common type cannot hold equal none of the other column
  if (isExactNumber(a) && isExactNumber(b)) return (sql) => `TRY_CAST(${sql} AS ${sqlType(widestOf([a, b]))})`
  if (isNumber(a) && isNumber(b)) return (sql) => `CAST(${sql} AS DOUBLE)`
  if (isMoment(a) && isMoment(b)) return (sql) => `CAST(${sql} AS TIMESTAMP)`
  return (sql) => texts(`CAST(${sql} AS VARCHAR)`)
}
