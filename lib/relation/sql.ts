/** Quoting for SQL text: the only way names and values get into it. */
import type { Json } from '../machine/asl.ts'
import type { ColumnType } from './types.ts'

/** An identifier, quoted. */
export const name = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`

/** A text literal. NUL cannot stand in one and is refused. */
export function text(value: string): string {
  if (value.includes('\0')) throw new Error('a NUL character cannot stand in SQL text')
  return `'${value.replaceAll("'", "''")}'`
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

/** `a OR b OR c`; a chain of comparisons, because DuckDB turns a long IN list into a join that carries every column. */
export const anyOf = (conditions: readonly string[]) => (conditions.length === 0 ? 'FALSE' : `(${conditions.join(' OR ')})`)
