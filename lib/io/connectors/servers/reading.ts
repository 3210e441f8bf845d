/** What reading a table of a server has in common: names of tables and columns, and rows on their way to the sink. */
import { TaskError } from '#core/errors/errors.ts'
import { nearest } from '#core/text/nearest.ts'
import { preview } from '#core/text/preview.ts'
import type { Scalar } from '#io/duckdb/session.ts'
import type { TableSink } from '../table-sink.ts'
import type { Place, TableName } from './address.ts'

/** A query without what ends a statement: it goes on where it is used. */
const withoutEnd = (query: string) => query.trim().replace(/;+\s*$/, '')

/** What is read. */
export interface Selected<Table> {
  readonly select: string
  /** Absent for a query. */
  readonly table?: Table
}

/** The query of a place, or all of the table that `find` finds. */
export async function selectOf<Table extends { readonly sql: string }>(
  { query }: Place,
  find: () => Promise<Table>,
): Promise<Selected<Table>> {
  if (query !== undefined) return { select: withoutEnd(query) }
  const table = await find()
  return { select: `SELECT * FROM ${table.sql}`, table }
}

/** Data.NoSources for a name that no table of a database has, with those that are there. */
export function noTable(name: TableName | undefined, database: string, names: readonly string[]): TaskError {
  const there = names.length === 0 ? 'it has no tables' : `it has ${preview(names)}`
  if (name === undefined)
    return new TaskError('Data.NoSources', `the source names no table of the database ${database}`, {
      hint: `${there}; say which: {connection: …, table: …}, or behind the database in the address`,
    })
  const wanted = name.schema === undefined ? name.table : `${name.schema}.${name.table}`
  const near = nearest(wanted, names)
  return new TaskError('Data.NoSources', `the database ${database} has no table ${wanted}`, {
    hint: `${near === undefined ? '' : `did you mean ${near}? `}${there}`,
  })
}

/** Definition.InvalidSetting for columns that have the same name. */
export function assertNames(columns: readonly { readonly name: string }[], uri: string): void {
  const names = columns.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (columns.length > 0 && twice === undefined) return
  throw sameNames(uri, twice)
}

const sameNames = (uri: string, name: string | undefined) =>
  new TaskError('Definition.InvalidSetting', name === undefined ? `${uri} has no columns` : `${uri} has two columns called ${name}`, {
    hint: 'name each column of the query: SELECT a.id AS order_id, …',
  })

/** Rows handed over at a time. */
const ROWS_AT_ONCE = 4096

/**
 * Passes rows to the sink, at least `atOnce` at a time; how many there were. A cell that is no NULL is read by the reader of its column.
 */
export async function handOver<Cell>(
  batches: AsyncIterable<readonly (readonly (Cell | null)[])[]>,
  readers: readonly ((cell: Cell) => Scalar)[],
  to: TableSink,
  atOnce = ROWS_AT_ONCE,
): Promise<number> {
  let rows = 0
  let block: Scalar[][] = []
  for await (const some of batches) {
    for (const row of some) block.push(row.map((cell, at) => (cell === null ? null : (readers[at]?.(cell) ?? null))))
    rows += some.length
    if (block.length < atOnce) continue
    await to.append(block)
    block = []
  }
  if (block.length > 0) await to.append(block)
  return rows
}
