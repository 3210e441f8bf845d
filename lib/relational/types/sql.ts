/** Quoting for SQL text: the only way names and values get into it. */
import type { Json } from '#core/json.ts'
import type { ColumnType } from './types.ts'

/** An identifier, quoted. */
export const name = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`

/** A text literal. NUL cannot stand in one: a text that holds it is put together from its parts. */
export function text(value: string): string {
  const quoted = (part: string) => `'${part.replaceAll("'", "''")}'`
  return value.includes('\0') ? `(${value.split('\0').map(quoted).join(' || chr(0) || ')})` : quoted(value)
}

/** A literal of a JSON scalar; lists and objects become their JSON text. */
export function literal(value: Json): string {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}` : `'${value}'::DOUBLE`
  return text(typeof value === 'string' ? value : JSON.stringify(value))
}

export const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  decimal: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
}

/**
 * Whether a number counted from 0 is one of these, as a look into a string of bits. A join with a list of them would not keep the order
 * of the rows, on which their numbers rest.
 */
export function isNumbered(sql: string, numbers: ReadonlySet<number>): string {
  let length = 0
  for (const number of numbers) length = Math.max(length, number + 1)
  if (length === 0) return 'FALSE'
  const bits = Array.from({ length }, (_, at) => (numbers.has(at) ? '1' : '0')).join('')
  return `(${sql} < ${length} AND get_bit('${bits}'::BIT, CAST(least(${sql}, ${length - 1}) AS INTEGER)) = 1)`
}

/**
 * Whether one of the conditions is true; FALSE also where all of them are NULL. Conditions that are made for each column are written as CASE,
 * never with AND and OR: the time DuckDB takes to plan a query was measured to grow with the square of the number of its conjunctions, and
 * not with CASE. An IN list is no way out either: a long one becomes a join that carries every column.
 */
export function anyOf(conditions: readonly string[]): string {
  if (conditions.length === 0) return 'FALSE'
  if (conditions.length === 1) return `(${conditions[0]})`
  return `(CASE ${conditions.map((condition) => `WHEN ${condition} THEN TRUE`).join(' ')} ELSE FALSE END)`
}

/** Whether all of the conditions are true, in their order; NULL or FALSE otherwise. See `anyOf`. */
export function allOf(conditions: readonly string[]): string {
  const [first = 'TRUE', ...rest] = conditions
  return rest.length === 0 ? `(${first})` : `(CASE WHEN ${first} THEN ${allOf(rest)} ELSE FALSE END)`
}

/** Whether a cell is one of these texts; FALSE where it is missing. See `anyOf`. */
export const isOneOf = (cell: string, values: readonly string[]) =>
  values.length === 0 ? 'FALSE' : `(CASE ${cell} ${values.map((value) => `WHEN ${text(value)} THEN TRUE`).join(' ')} ELSE FALSE END)`

/**
 * `a + b + c` in pairs of pairs: a chain as long as a table is wide is deeper than the parser allows, and takes it time that grows with
 * the square of its length.
 */
export function sumOf(terms: readonly string[]): string {
  const [first = '0', second] = terms
  if (second === undefined) return first
  const half = Math.ceil(terms.length / 2)
  return `(${sumOf(terms.slice(0, half))} + ${sumOf(terms.slice(half))})`
}
