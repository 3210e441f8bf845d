/** SQLite itself: opening a database, and what its errors mean. No other file imports it. */
import { stat } from 'node:fs/promises'
import { DatabaseSync } from '@photostructure/sqlite'
import { TaskError } from '#core/errors/errors.ts'
import { systemError } from '#core/errors/system-error.ts'

/** A value as SQLite stores it. Integers are always bigint. */
export type Cell = bigint | number | string | Uint8Array | null
type Row = readonly Cell[]

export interface Database {
  /** Runs statements for their effect. */
  run(sql: string): void
  /** All rows of a query of few rows. */
  rows(sql: string, ...parameters: readonly Cell[]): Row[]
  /** Names of the columns of a query, with the types they were declared with, in capitals; '' where there is none. */
  columns(sql: string): readonly { readonly name: string; readonly declared: string }[]
  /** Rows one after another. */
  iterate(sql: string): Iterable<Row>
  /** A statement to be run with many rows. */
  prepare(sql: string): (row: Row) => void
  close(): void
}

/** How long another process that is writing is waited for. */
const PATIENCE_MS = 10_000

/** Data.NoSources when there is no such file, Data.UnsupportedFormat when it is no database. It can only be read. */
export async function openToRead(path: string): Promise<Database> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw systemError(error, `reading ${path}`)
    throw new TaskError('Data.NoSources', `the database ${path} does not exist`, {
      hint: 'paths are relative to the folder the command is run in',
    })
  })
  if (found.isDirectory())
    throw new TaskError('Data.NoSources', `${path} is a folder, not a database`, { hint: 'write sqlite://path/to.db/table' })
  return open(path, true)
}

/** Creates the database when it is absent; its folder must exist. */
export const openToWrite = async (path: string): Promise<Database> => open(path, false)

function open(path: string, readOnly: boolean): Database {
  const guarded = <Result>(work: () => Result): Result => {
    try {
      return work()
    } catch (error) {
      throw sqliteError(error, path, readOnly)
    }
  }
  const database = guarded(() => new DatabaseSync(path, { readOnly, timeout: PATIENCE_MS }))
  const prepared = (sql: string) => {
    const statement = database.prepare(sql)
    statement.setReadBigInts(true)
    statement.setReturnArrays(true)
    return statement
  }
  // an iterator does not keep its statement: one that is collected as garbage ends in the middle of its rows
  const reading = new Set<object>()
  return {
    run: (sql) => guarded(() => database.exec(sql)),
    rows: (sql, ...parameters) => guarded(() => prepared(sql).all(...parameters) as Row[]),
    columns: (sql) =>
      guarded(() =>
        prepared(sql)
          .columns()
          .map(({ name, type }) => ({ name, declared: (type ?? '').toUpperCase() })),
      ),
    *iterate(sql) {
      const statement = guarded(() => prepared(sql))
      reading.add(statement)
      const rows = guarded(() => statement.iterate() as Iterator<Row>)
      try {
        for (;;) {
          const next = guarded(() => rows.next())
          if (next.done === true) return
          yield next.value
        }
      } finally {
        rows.return?.()
        reading.delete(statement)
      }
    },
    prepare: (sql) => {
      const statement = guarded(() => prepared(sql))
      return (row) => {
        guarded(() => statement.run(...row))
      }
    },
    close: () => {
      // statements that are still in memory would keep the connection and its locks alive
      if (database.isTransaction) database.exec('ROLLBACK')
      database.close()
    },
  }
}

/** Result codes of SQLite, without what is in their higher bytes. Source: https://www.sqlite.org/rescode.html */
const BUSY = 5
const LOCKED = 6
const READONLY = 8
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26

function sqliteError(error: unknown, path: string, isReading: boolean): TaskError {
  const { errcode, message } = error as { errcode?: number; message: string }
  const cause = { cause: error }
  switch ((errcode ?? 0) & 0xff) {
    case BUSY:
    case LOCKED:
      return new TaskError('Transient.Unavailable', `the database ${path} is locked by another process`, {
        ...cause,
        hint: 'wait until it has finished writing',
      })
    case NOTADB:
      return new TaskError('Data.UnsupportedFormat', `${path} is not a SQLite database`, {
        ...cause,
        hint: 'check the path; an encrypted database cannot be read',
      })
    case CORRUPT:
      return new TaskError('Data.Unreadable', `the database ${path} is damaged: ${message}`, { ...cause, hint: 'restore it from a backup' })
    case FULL:
      return new TaskError('Output.NoSpace', `there is no room left on the disk for ${path}`, cause)
    case CANTOPEN:
    case READONLY:
      return new TaskError(isReading ? 'Data.Unreadable' : 'Output.Unwritable', `the database ${path} cannot be opened: ${message}`, {
        ...cause,
        hint: isReading
          ? 'check who may read it; a database in WAL mode also needs a folder that can be written to'
          : 'check that its folder exists and who may write there',
      })
    default:
      return new TaskError(isReading ? 'Data.Unreadable' : 'Output.Conflict', `${path}: ${message}`, {
        ...cause,
        hint: 'check the table or query against the database',
      })
  }
}

/** The columns of a table in order, with their declared types; empty when there is no such table. */
export const columnsOf = (database: Database, table: string, schema = 'main') =>
  database
    .rows(`SELECT name, type FROM pragma_table_info(?, ?)`, table, schema)
    .map(([name, type]) => ({ name: String(name), declared: String(type).toUpperCase() }))
