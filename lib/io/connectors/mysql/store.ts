/** Makes the staged rows rows of a table; within the transaction of the publication. */
import { missingKey, repeatedKey } from '#io/publish/merge-keys.ts'
import { conflict } from '#io/publish/manifest.ts'
import { chosenIndexes } from '../indexes.ts'
import { indexName } from '../servers/index-name.ts'
import { assertCounts } from '../servers/ownership.ts'
import { inRanges } from '../servers/ranges.ts'
import type { MergeCounts, Output } from '../target.ts'
import { columnsIn, indexed, natureOf } from './columns.ts'
import type { Connection } from './connect.ts'
import { refusedRow } from './errors.ts'
import { type Fit, firstMisfit, fitsOf, TYPED } from './fit.ts'
import { quoted, text } from './sql.ts'
import { NUMBER, STAGED, TABLE_OPTIONS } from './stage.ts'
import type { Table } from './tables.ts'

/** A table that rows are about to be stored in. */
export interface Prepared {
  readonly fits: readonly Fit[]
  /** Where the rows with the types of the table are. */
  readonly from: string
}

type Range = (row: string) => string

const MATCHED = quoted('_siftstep_matched')

/** What is created before the transaction, which would end with it. Output.Conflict for a column the table does not have. */
export async function prepare(connection: Connection, uri: string, table: Table, output: Output): Promise<Prepared> {
  const { mode, keys, manifest } = output
  const fits = fitsOf(manifest.columns, await columnsIn(connection, table))
  const missing = manifest.columns.find(({ name }) => !fits.some(({ column }) => column.name.toLowerCase() === name.toLowerCase()))
  if (missing !== undefined) throw conflict(uri, `the table has no column ${missing.name}`)
  await createIndexes(connection, table, output)
  const from = fits.every(({ same }) => same) ? STAGED : TYPED
  if (from === TYPED) {
    const cells = fits.map(({ name }) => `, ${name}`).join('')
    await connection.run(
      `CREATE TEMPORARY TABLE ${TYPED} (${NUMBER} bigint PRIMARY KEY) ENGINE=InnoDB ROW_FORMAT=DYNAMIC AS SELECT CAST(0 AS SIGNED) AS ${NUMBER}${cells} FROM ${table.sql} WHERE FALSE`,
    )
  }
  if (mode === 'merge') {
    const key = fits.filter(({ name }) => isKey(name, keys)).map(({ name, column }) => indexed(name, column))
    await connection.run(`CREATE INDEX _siftstep_key ON ${from} (${key.join(', ')})`)
    await connection.run(`CREATE TEMPORARY TABLE ${MATCHED} (n bigint PRIMARY KEY) ${TABLE_OPTIONS}`)
  }
  return { fits, from }
}

const isKey = (name: string, keys: readonly string[]) => keys.some((key) => quoted(key).toLowerCase() === name.toLowerCase())

/** Bytes of a name. */
const MAX_NAME = 64

/** Creates the indexes that the table does not have, with the names they have in the table it will be. */
export async function createIndexes(connection: Connection, table: Table, output: Output, named = table): Promise<void> {
  const wanted = chosenIndexes(output)
  if (wanted.length === 0) return
  const columns = await columnsIn(connection, table)
  for (const names of wanted) {
    const name = indexName(named.table, names, MAX_NAME)
    const [there] = await connection.rows(
      `SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ${text(table.schema)} AND TABLE_NAME = ${text(table.table)} AND INDEX_NAME = ${text(name)} LIMIT 1`,
    )
    if (there !== undefined) continue
    const parts = names.map((one) => {
      const column = columns.find((own) => own.name.toLowerCase() === one.toLowerCase())
      return column === undefined ? quoted(one) : indexed(quoted(one), column)
    })
    await connection.run(`CREATE INDEX ${quoted(name)} ON ${table.sql} (${parts.join(', ')})`)
  }
}

export async function store(
  connection: Connection,
  uri: string,
  table: Table,
  output: Output,
  { fits, from }: Prepared,
): Promise<MergeCounts | undefined> {
  const { mode, keys, manifest } = output
  const total: { -readonly [Count in keyof MergeCounts]: number } = { inserted: 0, updated: 0, unchanged: 0 }
  await inRanges(
    { run: connection.run, refusedRow },
    uri,
    manifest.rows,
    async (range) => {
      if (from === TYPED) {
        await connection.run(
          `INSERT INTO ${TYPED} (${NUMBER}, ${list(fits)}) SELECT ${NUMBER}, ${fits.map(({ value }) => value).join(', ')} FROM ${STAGED} AS s WHERE ${range('s')} ORDER BY ${NUMBER}`,
        )
        await firstMisfit(connection, fits, manifest.columns, range('s'))
      }
      const counts =
        mode === 'merge'
          ? await merge(connection, table, fits, keys, from, range)
          : { inserted: await insert(connection, table, fits, from, range) }
      return () => {
        for (const [name, count] of Object.entries(counts)) total[name as keyof MergeCounts] += count
      }
    },
    NUMBER,
  )
  return mode === 'merge' ? total : undefined
}

const list = (fits: readonly Fit[]) => fits.map(({ name }) => name).join(', ')
const cells = (fits: readonly Fit[], row: string) => fits.map(({ name }) => `${row}.${name}`).join(', ')

const insert = (connection: Connection, table: Table, fits: readonly Fit[], from: string, range: Range) =>
  connection.run(
    `INSERT INTO ${table.sql} (${list(fits)}) SELECT ${cells(fits, 'y')} FROM ${from} AS y WHERE ${range('y')} ORDER BY y.${NUMBER}`,
  )

/** Rows with a key that is there change the columns they have; the others are added. Who writes such rows meanwhile waits. */
async function merge(
  connection: Connection,
  table: Table,
  fits: readonly Fit[],
  keys: readonly string[],
  from: string,
  range: Range,
): Promise<MergeCounts> {
  const same = fits
    .filter(({ name }) => isKey(name, keys))
    .map((fit) => `t.${fit.name} = y.${fit.name}${isText(fit) ? ` AND ${bytes(`t.${fit.name}`)} = ${bytes(`y.${fit.name}`)}` : ''}`)
    .join(' AND ')
  const matched = await connection.run(
    `INSERT INTO ${MATCHED} SELECT DISTINCT y.${NUMBER} FROM ${table.sql} AS t JOIN ${from} AS y ON ${same} WHERE ${range('y')} FOR UPDATE`,
  )
  const others = fits.filter(({ name }) => !isKey(name, keys))
  const differs = others.map((fit) => `NOT (${comparable(fit, 't')} <=> ${comparable(fit, 'y')})`)
  const changes = others.map(({ name }) => `t.${name} = y.${name}`)
  const updated =
    changes.length === 0
      ? 0
      : await connection.run(
          `UPDATE ${table.sql} AS t JOIN ${from} AS y ON ${same} SET ${changes.join(', ')} WHERE ${range('y')} AND (${differs.join(' OR ')})`,
        )
  const inserted = await connection.run(
    `INSERT INTO ${table.sql} (${list(fits)}) SELECT ${cells(fits, 'y')} FROM ${from} AS y LEFT JOIN ${MATCHED} AS m ON m.n = y.${NUMBER} WHERE m.n IS NULL AND ${range('y')} ORDER BY y.${NUMBER}`,
  )
  return { inserted, updated, unchanged: matched - updated }
}

const isText = ({ column }: Fit) => natureOf(column) === 'text'
const bytes = (sql: string) => `CAST(${sql} AS BINARY)`

/** To the server, texts are the same that differ in capitals or in spaces at their end; and JSON is not compared by its text. */
const comparable = (fit: Fit, row: string) => {
  const cell = `${row}.${fit.name}`
  if (isText(fit)) return bytes(cell)
  return natureOf(fit.column) === 'document' ? bytes(`CAST(${cell} AS CHAR)`) : cell
}

/** Output.Conflict when a key does not identify one row: it is missing, or two rows have it. */
export async function assertKeys(connection: Connection, { keys, manifest: { columns } }: Output): Promise<void> {
  const names = keys.map(quoted)
  const [[without = '0'] = []] = await connection.rows(
    `SELECT COUNT(*) FROM ${STAGED} WHERE ${names.map((name) => `${name} IS NULL`).join(' OR ')}`,
  )
  if (Number(without) > 0) throw missingKey(Number(without), keys)
  // a long text is grouped by its first bytes only, and by a digest whole
  const groups = keys.map((key, at) => (columns.find(({ name }) => name === key)?.type === 'text' ? `SHA2(${names[at]}, 256)` : names[at]))
  const [twice] = await connection.rows(
    `SELECT ${names.map((name) => `MIN(${name})`).join(', ')}, COUNT(*) FROM ${STAGED} GROUP BY ${groups.join(', ')} HAVING COUNT(*) > 1 LIMIT 1`,
  )
  if (twice !== undefined) throw repeatedKey(Number(twice.at(-1)), keys, twice.slice(0, -1).map(String))
}

/** Output.Unwritable unless the table holds every row, and of a table that was replaced no others. */
export async function assertStored(
  connection: Connection,
  uri: string,
  table: Table,
  output: Output,
  { fits, from }: Prepared,
): Promise<void> {
  if ((output.verify ?? []).length === 0) return
  const [[there = '0'] = []] = await connection.rows(`SELECT COUNT(*) FROM ${table.sql}`)
  const parts = fits.map(({ name }) => `COALESCE(CONCAT(LENGTH(${bytes(name)}), ':', ${bytes(name)}), '-')`)
  const counted = (of: string) => `SELECT SHA2(CONCAT(${parts.join(', ')}), 256) AS row_hash, COUNT(*) AS copies FROM ${of} GROUP BY 1`
  const [[lost = '0'] = []] = output.verify?.includes('checksum')
    ? await connection.rows(
        `SELECT COALESCE(SUM(GREATEST(a.copies - COALESCE(b.copies, 0), 0)), 0) FROM (${counted(from)}) AS a LEFT JOIN (${counted(table.sql)}) AS b ON b.row_hash = a.row_hash`,
      )
    : []
  assertCounts(uri, output, Number(there), Number(lost))
}
