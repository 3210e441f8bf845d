/** Quoting for SQL: the only way for names and values to enter it. */
import type { Json } from '#core/json.ts'
import { type ColumnType, digitsOf, isDecimal, type SimpleType } from './types.ts'

/** An identifier, quoted. */
export const name = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`

/** A text literal. A literal cannot contain NUL, so such a text is concatenated from parts. */
export function text(value: string): string {
  const quoted = (part: string) => `'${part.replaceAll("'", "''")}'`
  return value.includes('\0') ? `(${value.split('\0').map(quoted).join(' || chr(0) || ')})` : quoted(value)
}

/** A literal of a JSON scalar. Lists and objects become their JSON text. */
export function literal(value: Json): string {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}` : `'${value}'::DOUBLE`
  return text(typeof value === 'string' ? value : JSON.stringify(value))
}

const SQL_TYPES: Readonly<Record<SimpleType, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  float: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
}

/** The type of a column in SQL. */
export function sqlType(type: ColumnType): string {
  if (!isDecimal(type)) return SQL_TYPES[type]
  const { precision, scale } = digitsOf(type)
  return `DECIMAL(${precision},${scale})`
}

/** A relation of these columns without rows. */
export const noRows = (columns: readonly { readonly name: string; readonly type: ColumnType }[]) =>
  `SELECT ${columns.map((column) => `CAST(NULL AS ${sqlType(column.type)}) AS ${name(column.name)}`).join(', ')} WHERE FALSE`

/**
 * Whether a number counted from 0 is one of these, by looking up a bit in a bit string. A join with a list of numbers would not keep the
 * order of the rows, which the numbers depend on.
 */
export function isNumbered(sql: string, numbers: ReadonlySet<number>): string {
  let length = 0
  for (const number of numbers) length = Math.max(length, number + 1)
  if (length === 0) return 'FALSE'
  const bits = Array.from({ length }, (_, at) => (numbers.has(at) ? '1' : '0')).join('')
  return `(${sql} < ${length} AND get_bit('${bits}'::BIT, CAST(least(${sql}, ${length - 1}) AS INTEGER)) = 1)`
}

/**
 * Whether any condition is true; FALSE if all are NULL. Conditions generated per column are written as CASE, never with AND and OR:
 * DuckDB's planning time was measured to grow with the square of the number of conjunctions, but not with CASE. IN lists do not help
 * either: a long one becomes a join that carries every column.
 */
export function anyOf(conditions: readonly string[]): string {
  if (conditions.length === 0) return 'FALSE'
  if (conditions.length === 1) return `(${conditions[0]})`
  return `(CASE ${conditions.map((condition) => `WHEN ${condition} THEN TRUE`).join(' ')} ELSE FALSE END)`
}

/** Whether all conditions are true, evaluated in order; otherwise NULL or FALSE. See `anyOf`. */
export function allOf(conditions: readonly string[]): string {
  const [first = 'TRUE', ...rest] = conditions
  return rest.length === 0 ? `(${first})` : `(CASE WHEN ${first} THEN ${allOf(rest)} ELSE FALSE END)`
}

/** Whether a cell equals one of these texts; FALSE for a missing cell. See `anyOf`. */
export const isOneOf = (cell: string, values: readonly string[]) =>
  values.length === 0 ? 'FALSE' : `(CASE ${cell} ${values.map((value) => `WHEN ${text(value)} THEN TRUE`).join(' ')} ELSE FALSE END)`

/** `a + b + c` as nested pairs: for a wide table a chain would exceed the depth limit of the parser, and take it quadratic time. */
export function sumOf(terms: readonly string[]): string {
  const [first = '0', second] = terms
  if (second === undefined) return first
  const half = Math.ceil(terms.length / 2)
  return `(${sumOf(terms.slice(0, half))} + ${sumOf(terms.slice(half))})`
}

/**
 * Uses the value of some SQL more than once, without repeating long SQL. The caller decides how the value gets its name: a lambda, a layer
 * of the query, or repetition.
 */
export type Once = (sql: string, build: (value: string) => string) => string

/** Repeats the value instead of naming it. */
export const repeat: Once = (sql, build) => build(`(${sql})`)

/**
 * A hash of the cells that is never 0: 0 means that a row has no key, but DuckDB hashes the values 0, FALSE and 1970-01-01 to it. A hash
 * changed to 1 may collide with another key; the second hash of keys distinguishes them.
 */
export const hashOfKey = (cells: readonly string[]) => `greatest(hash(${cells.join(', ')}), 1::UBIGINT)`
