/**
 * Publishing rows to a table. They are loaded into a temporary table first, which no other process sees and which is gone when this one
 * is; then one transaction makes them the output and records the run. Cut off at any moment, the database holds what was there before or
 * what is there after. A run that was recorded publishes nothing again.
 */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { TaskError, unless } from '#core/errors/errors.ts'
import { systemError } from '#core/errors/system-error.ts'
import type { Scalar, Session } from '#io/duckdb/session.ts'
import { conflict } from '#io/publish/manifest.ts'
import { missingKey, repeatedKey } from '#io/publish/merge-keys.ts'
import type { LocalFile } from '#io/store/store.ts'
import { name as quoted, text } from '#relational/types/sql.ts'
import {
  type Column,
  type ColumnType,
  type DecimalType,
  digitsOf,
  FLOAT_DIGITS,
  isDecimal,
  type SimpleType,
} from '#relational/types/types.ts'
import { chosenIndexes } from '../indexes.ts'
import type { Output, Publication } from '../target.ts'
import type { TableAddress } from './address.ts'
import { type Cell, columnsOf, type Database, openToRead, openToWrite } from './database.ts'

/** Which run published what to which table; what a table of ours is known by. */
const RUNS = '_siftstep_runs'
const STAGED = 'temp._siftstep_staged'

/** What a column is declared as. Dates and timestamps are text; SQLite keeps such a text as it is under these names, and we know them again. */
const DECLARED: { readonly [Type in SimpleType]: string } = {
  integer: 'INTEGER',
  float: 'REAL',
  text: 'TEXT',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
}

export async function checkTable({ uri, path, table }: TableAddress, publication: Publication): Promise<void> {
  // it is created when the rows are published
  const database = await unless('Data.NoSources', openToRead(path))
  try {
    if (database !== undefined) assertOurs(database, uri, table, publication)
  } finally {
    database?.close()
  }
}

/** Output.Conflict when the rows of a table another wrote would be replaced, or when rows cannot be merged by these keys. */
function assertOurs(database: Database, uri: string, table: string, { pipeline, mode, keys }: Publication): void {
  const names = columnsOf(database, table).map(({ name }) => name.toLowerCase())
  if (names.length === 0) return
  const missing = mode === 'merge' ? keys.find((key) => !names.includes(key.toLowerCase())) : undefined
  if (missing !== undefined) throw conflict(uri, `the table has no column ${missing} to merge by`)
  if (mode !== 'replace') return
  const [[kind] = []] = database.rows('SELECT type FROM sqlite_schema WHERE name = ? COLLATE NOCASE', table)
  if (kind !== 'table') throw conflict(uri, `it is a ${String(kind)}, not a table`)
  const [[rows = 0n] = []] = database.rows(`SELECT count(*) FROM (SELECT 1 FROM main.${quoted(table)} LIMIT 1)`)
  if (Number(rows) === 0) return
  const owners = publishersOf(database, table)
  if (owners.length === 0) throw conflict(uri, 'the table holds rows this pipeline did not write')
  const other = owners.find((owner) => owner !== pipeline)
  if (other !== undefined) throw conflict(uri, `the pipeline ${other} published there`)
}

function publishersOf(database: Database, table: string): readonly string[] {
  if (columnsOf(database, RUNS).length === 0) return []
  return database
    .rows(`SELECT DISTINCT pipeline FROM main.${RUNS} WHERE target = ? COLLATE NOCASE`, table)
    .map(([pipeline]) => String(pipeline))
}

export async function publishTable({ uri, path, table }: TableAddress, output: Output): Promise<undefined> {
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw systemError(error, `writing ${path}`)
  })
  const database = await openToWrite(path)
  try {
    if (isPublished(database, table, output)) return
    await stage(database, output)
    database.run('BEGIN IMMEDIATE')
    // another process may have written since
    if (!isPublished(database, table, output)) {
      assertOurs(database, uri, table, output)
      store(database, uri, table, output)
      if ((output.verify ?? []).length > 0) assertStored(database, uri, table, output)
      for (const names of chosenIndexes(output)) database.run(indexOn(table, names))
      record(database, table, output)
    }
    database.run('COMMIT')
  } finally {
    // what is not committed is rolled back
    database.close()
  }
}

/** The rows of the table as another program would find them now. */
export async function countRows({ path, table }: TableAddress): Promise<number> {
  const database = await openToRead(path)
  try {
    const [[rows = 0n] = []] = database.rows(`SELECT count(*) FROM main.${quoted(table)}`)
    return Number(rows)
  } finally {
    database.close()
  }
}

function isPublished(database: Database, table: string, { run, step }: Output): boolean {
  if (columnsOf(database, RUNS).length === 0) return false
  return database.rows(`SELECT 1 FROM main.${RUNS} WHERE target = ? COLLATE NOCASE AND run = ? AND step = ?`, table, run, step).length > 0
}

/** SQLite has no exact decimals: REAL holds the same number if it has few digits, and text holds all of them. */
const isReal = (type: DecimalType) => digitsOf(type).precision <= FLOAT_DIGITS
const declared = (type: ColumnType) => (isDecimal(type) ? (isReal(type) ? 'REAL' : 'TEXT') : DECLARED[type])

const fields = (columns: readonly Column[]) => columns.map(({ name, type }) => `${quoted(name)} ${declared(type)}`).join(', ')
const list = (names: readonly string[]) => names.map((name) => quoted(name)).join(', ')

/** Loads the rows of all files into the temporary table. */
async function stage(database: Database, { files, manifest: { columns, rows }, openSession }: Output): Promise<void> {
  database.run(`CREATE TEMP TABLE _siftstep_staged (${fields(columns)})`)
  const insert = database.prepare(`INSERT INTO ${STAGED} VALUES (${columns.map(() => '?').join(', ')})`)
  const opened: LocalFile[] = []
  let loaded = 0
  try {
    for (const file of files) opened.push(await file.open())
    const session = await openSession([...new Set(opened.map(({ path }) => dirname(path)))])
    database.run('BEGIN')
    for (const { path } of opened) {
      for await (const batch of rowsOf(session, path, columns)) {
        for (const row of batch) insert(row.map((value, at) => cellOf(value, columns[at] as Column)))
        loaded += batch.length
      }
    }
    database.run('COMMIT')
  } finally {
    for (const file of opened) await file.release()
  }
  if (loaded !== rows) throw new Error(`${loaded} of ${rows} rows were loaded`)
}

/** Dates and timestamps as their text: `2024-01-31`, `2024-01-31 10:00:00.5`. */
function rowsOf(session: Session, path: string, columns: readonly Column[]) {
  const selected = columns.map(({ name, type }) => {
    if (isDecimal(type)) return `CAST(${quoted(name)} AS ${isReal(type) ? 'DOUBLE' : 'VARCHAR'})`
    return type === 'date' || type === 'timestamp' ? `CAST(${quoted(name)} AS VARCHAR)` : quoted(name)
  })
  return session.batches(`SELECT ${selected.join(', ')} FROM read_parquet(${text(path)})`)
}

function cellOf(value: Scalar, { name }: Column): Cell {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'string' && value.includes('\0')) {
    throw new TaskError('Output.Conflict', `the column ${name} holds a text with a NUL character, which SQLite would cut off there`, {
      hint: "remove it before the export: replace(column, chr(0), '')",
    })
  }
  if (typeof value !== 'number' || !Number.isNaN(value)) return value
  throw new TaskError('Output.Conflict', `the column ${name} holds NaN, which SQLite stores as NULL`, {
    hint: 'replace it by a number or NULL before the export',
  })
}

/** Makes the staged rows the output; within the transaction. */
function store(database: Database, uri: string, table: string, { mode, keys, manifest: { columns } }: Output): void {
  const names = columns.map(({ name }) => name)
  const target = `main.${quoted(table)}`
  const there = columnsOf(database, table).map(({ name }) => name.toLowerCase())
  if (mode === 'replace' || there.length === 0) {
    if (mode === 'merge') assertKeys(database, keys)
    database.run(`DROP TABLE IF EXISTS ${target}`)
    database.run(`CREATE TABLE ${target} (${fields(columns)})`)
  } else {
    const missing = names.find((name) => !there.includes(name.toLowerCase()))
    if (missing !== undefined) throw conflict(uri, `the table has no column ${missing}`)
    if (mode === 'merge') {
      merge(database, target, names, keys)
      return
    }
  }
  database.run(`INSERT INTO ${target} (${list(names)}) SELECT ${list(names)} FROM ${STAGED} ORDER BY rowid`)
}

/** Output.Unwritable unless the table holds every staged row, and of a table that was replaced no others; within the transaction. */
function assertStored(database: Database, uri: string, table: string, { mode, manifest: { columns, rows }, verify = [] }: Output): void {
  const [[there = 0n] = []] = database.rows(`SELECT count(*) FROM main.${quoted(table)}`)
  const counted = Number(there)
  const names = list(columns.map(({ name }) => name))
  const missing = `SELECT count(*) FROM (SELECT ${names} FROM ${STAGED} EXCEPT SELECT ${names} FROM main.${quoted(table)})`
  const [[lost = 0n] = []] = verify.includes('checksum') ? database.rows(missing) : []
  if ((mode === 'replace' ? counted === rows : counted >= rows) && Number(lost) === 0) return
  throw new TaskError(
    'Output.Unwritable',
    `${uri} would hold ${counted} rows of ${rows} to write, and ${Number(lost)} of them are not there`,
    {
      hint: 'nothing was changed; look for triggers of the table that change its rows',
    },
  )
}

const indexOn = (table: string, names: readonly string[]) =>
  `CREATE INDEX IF NOT EXISTS main.${quoted(`siftstep_${table}_${names.join('_')}`)} ON ${quoted(table)} (${list(names)})`

/** Rows with a key that is there change the columns they have; the others are added. */
function merge(database: Database, target: string, names: readonly string[], keys: readonly string[]): void {
  assertKeys(database, keys)
  const isKey = (name: string) => keys.some((key) => key.toLowerCase() === name.toLowerCase())
  const same = keys.map((key) => `t.${quoted(key)} = s.${quoted(key)}`).join(' AND ')
  const changed = names.filter((name) => !isKey(name)).map((name) => `${quoted(name)} = s.${quoted(name)}`)
  if (changed.length > 0) database.run(`UPDATE ${target} AS t SET ${changed.join(', ')} FROM ${STAGED} AS s WHERE ${same}`)
  database.run(
    `INSERT INTO ${target} (${list(names)}) SELECT ${list(names)} FROM ${STAGED} AS s WHERE NOT EXISTS (SELECT 1 FROM ${target} AS t WHERE ${same}) ORDER BY rowid`,
  )
}

/** Output.Conflict when a key does not identify one row: it is missing, or two rows have it. */
function assertKeys(database: Database, keys: readonly string[]): void {
  const [[without = 0n] = []] = database.rows(
    `SELECT count(*) FROM ${STAGED} WHERE ${keys.map((key) => `${quoted(key)} IS NULL`).join(' OR ')}`,
  )
  if (Number(without) > 0) throw missingKey(Number(without), keys)
  const [twice] = database.rows(`SELECT ${list(keys)}, count(*) FROM ${STAGED} GROUP BY ${list(keys)} HAVING count(*) > 1 LIMIT 1`)
  if (twice !== undefined) throw repeatedKey(Number(twice.at(-1)), keys, twice.slice(0, -1).map(String))
  database.run(`CREATE INDEX temp._siftstep_key ON _siftstep_staged (${list(keys)})`)
}

function record(database: Database, table: string, { pipeline, run, step, mode, manifest }: Output): void {
  database.run(
    `CREATE TABLE IF NOT EXISTS main.${RUNS} (target TEXT NOT NULL COLLATE NOCASE, run TEXT NOT NULL, step TEXT NOT NULL, pipeline TEXT NOT NULL, mode TEXT NOT NULL, rows INTEGER NOT NULL, PRIMARY KEY (target, run, step))`,
  )
  database.prepare(`INSERT INTO main.${RUNS} VALUES (?, ?, ?, ?, ?, ?)`)([table, run, step, pipeline, mode, BigInt(manifest.rows)])
}
