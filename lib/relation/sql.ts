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

/** `a OR b OR c`; a chain of comparisons, because DuckDB turns a long IN list into a join that carries every column. */
export const anyOf = (conditions: readonly string[]) => (conditions.length === 0 ? 'FALSE' : `(${conditions.join(' OR ')})`)
