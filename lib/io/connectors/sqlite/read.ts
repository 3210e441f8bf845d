/** Reading a table or the rows of a query: in one read transaction, so that all of it is of one moment. */
import { preview } from '#core/text/preview.ts'
import { stat } from 'node:fs/promises'
import { TaskError } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'
import { nearest } from '#core/text/nearest.ts'
import type { Scalar } from '#io/duckdb/session.ts'
import type { SimpleType } from '#relational/types/types.ts'
import { name as quoted } from '#relational/types/sql.ts'
import type { Extracted, Options, Partition, Seen } from '../connector.ts'
import type { TableSink } from '../table-sink.ts'
import { type TableAddress, tableUri } from './address.ts'
import { type TypedColumn, typeColumns } from './column-types.ts'
import { type Cell, columnsOf, type Database, openToRead } from './database.ts'

export async function partitions(at: TableAddress, options: Options): Promise<readonly Partition[]> {
  const { path, table } = at
  return reading(path, async (database) => {
    const [[rows = 0] = []] = database.rows(`SELECT count(*) FROM (${selectOf(database, at, options)}\n)`)
    return [{ uri: tableUri(path, table), bytes: (await stat(path)).size, rows: Number(rows) }]
  })
}

/** Whether the table or the query is there, by its columns. */
export async function look(at: TableAddress, options: Options): Promise<Seen> {
  return reading(at.path, async (database) => ({
    found: count(database.columns(selectOf(database, at, options)).length, 'column'),
    bytes: (await stat(at.path)).size,
  }))
}

/** Rows handed over at a time. */
const ROWS_AT_ONCE = 4096

export async function extract(at: TableAddress, to: TableSink, options: Options): Promise<Extracted> {
  const { uri, path } = at
  return reading(path, async (database) => {
    const select = selectOf(database, at, options)
    const columns = typeColumns(database, select, database.columns(select))
    for (const column of columns) assertWhole(column, uri)
    to.start(columns.map(({ name, type }) => ({ name, type })))
    const replaced = columns.map(() => 0)
    let rows = 0
    let block: Scalar[][] = []
    for (const row of database.iterate(select)) {
      block.push(row.map((cell, at) => scalarOf(cell, columns[at] as TypedColumn, uri)))
      for (const [at, cell] of row.entries())
        if (typeof cell === 'string' && cell.includes(REPLACEMENT)) replaced[at] = (replaced[at] ?? 0) + 1
      rows++
      if (block.length < ROWS_AT_ONCE) continue
      await to.append(block)
      block = []
    }
    if (block.length > 0) await to.append(block)
    for (const [at, { name }] of columns.entries()) if ((replaced[at] ?? 0) > 0) assertUtf8(database, select, name, replaced[at] ?? 0, uri)
    return { rows, notes: columns.flatMap(({ notes }) => notes), doubts: columns.flatMap(({ doubts }) => doubts) }
  })
}

/** Does the work in one read transaction of a database that is closed afterwards. */
async function reading<Result>(path: string, work: (database: Database) => Promise<Result>): Promise<Result> {
  const database = await openToRead(path)
  try {
    database.run('BEGIN')
    return await work(database)
  } finally {
    database.close()
  }
}

function selectOf(database: Database, { path, table }: TableAddress, { query }: Options): string {
  // a semicolon ends a statement, and this one goes on
  if (typeof query === 'string') return query.trim().replace(/;+$/, '')
  if (columnsOf(database, table).length > 0) return `SELECT * FROM main.${quoted(table)}`
  const tables = database
    .rows("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")
    .map(([name]) => String(name))
  const near = nearest(table, tables)
  throw new TaskError('Data.NoSources', `the database ${path} has no table ${table}`, {
    hint: `${near === undefined ? '' : `did you mean ${near}? `}${tables.length === 0 ? 'it has no tables' : `it has ${preview(tables)}`}`,
  })
}

/** The cell as the type of its column says: the same value, never another. */
function scalarOf(cell: Cell, { name, type }: TypedColumn, uri: string): Scalar {
  if (cell === null) return null
  const value = CONVERT[type](cell)
  if (value !== undefined) return value
  throw new TaskError('Data.SourceChanged', `${uri}: a value of the column ${name} changed while it was read`, {
    hint: 'a query that is read twice must give the same rows: remove random() and the like',
  })
}

const textual = (cell: Cell) => (typeof cell === 'string' ? cell : undefined)
const integral = (cell: Cell) => (typeof cell === 'bigint' ? cell : undefined)

const CONVERT: { readonly [Type in SimpleType]: (cell: Exclude<Cell, null>) => Scalar | undefined } = {
  integer: integral,
  boolean: integral,
  // exact: a column with an integer beyond 2^53 is text
  float: (cell) => (typeof cell === 'number' ? cell : typeof cell === 'bigint' ? Number(cell) : undefined),
  date: textual,
  timestamp: textual,
  text: (cell) => {
    if (typeof cell === 'string') return cell
    if (typeof cell === 'bigint') return String(cell)
    if (typeof cell === 'number') return realText(cell)
    return Buffer.from(cell).toString('hex').toUpperCase()
  },
}

/** The shortest text that is read as the same number; with a point, so that it is not taken for an integer. */
const realText = (value: number) => (Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value))

/** Data.Unreadable for texts that would be cut off at a NUL character. */
function assertWhole({ name, cut }: TypedColumn, uri: string): void {
  if (cut === 0) return
  throw new TaskError(
    'Data.Unreadable',
    `${uri}: ${count(cut, 'text')} of the column ${name} cannot be read: the text holds a NUL character`,
    {
      hint: `fix these cells, or read replace(${quoted(name)}, char(0), '') with a query`,
    },
  )
}

/** What stands for bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD'

/** Data.Unreadable when texts in which U+FFFD was read do not hold it: their bytes are no UTF-8, and were replaced on the way. */
function assertUtf8(database: Database, select: string, column: string, seen: number, uri: string): void {
  const cell = quoted(column)
  const [[held = 0] = []] = database.rows(
    `SELECT count(*) FROM (${select}\n) WHERE typeof(${cell}) = 'text' AND instr(${cell}, char(65533)) > 0`,
  )
  const broken = seen - Number(held)
  if (broken <= 0) return
  throw new TaskError(
    'Data.Unreadable',
    `${uri}: ${count(broken, 'text')} of the column ${column} cannot be read: the bytes are not UTF-8`,
    {
      hint: `fix these cells, or read hex(${cell}) with a query`,
    },
  )
}
