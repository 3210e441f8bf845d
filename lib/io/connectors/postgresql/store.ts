/** Makes the staged rows the output of a table; within the transaction of the publication. */
import { conflict } from '#io/publish/manifest.ts'
import { missingKey, repeatedKey } from '#io/publish/merge-keys.ts'
import { name as quoted } from '#relational/types/sql.ts'
import type { Stored } from '../servers/ledger.ts'
import { assertCounts } from '../servers/ownership.ts'
import { inRanges } from '../servers/ranges.ts'
import type { MergeCounts, Output } from '../target.ts'
import type { Connection } from './connect.ts'
import { refusedRow } from './errors.ts'
import { type Fit, firstMisfit, fitsOf } from './fit.ts'
import { isCreatedByUs } from './ledger.ts'
import { declared, STAGED } from './stage.ts'
import { columnsIn, findTable, type Table } from './tables.ts'

export async function store(connection: Connection, uri: string, table: Table, output: Output): Promise<Stored> {
  const { mode, keys, manifest } = output
  const { columns, rows } = manifest
  if (mode === 'merge') await assertKeys(connection, output)
  const created = await prepared(connection, uri, table, output)
  const fits = fitsOf(columns, await columnsIn(connection, table))
  const total: { -readonly [Count in keyof MergeCounts]: number } = { inserted: 0, updated: 0, unchanged: 0 }
  await inRanges({ run: connection.run, refusedRow }, uri, rows, async (rangeOf) => {
    const range = rangeOf('s')
    await firstMisfit(connection, fits, range)
    const counts =
      mode === 'merge' ? await merge(connection, table, fits, keys, range) : { inserted: await insert(connection, table, fits, range, '') }
    return () => {
      for (const [name, count] of Object.entries(counts)) total[name as keyof MergeCounts] += count
    }
  })
  return { counts: mode === 'merge' ? total : undefined, created }
}

/** Creates the table, or empties it for a replacement; whether it was created. */
async function prepared(connection: Connection, uri: string, table: Table, { mode, manifest: { columns } }: Output): Promise<boolean> {
  const create = async () => {
    const fields = columns.map(({ name, type }) => `${quoted(name)} ${declared(type)}`).join(', ')
    await connection.run(`CREATE TABLE ${table.sql} (${fields})`)
    return true
  }
  if (table.kind === '') return create()
  // who writes waits; who reads sees what was there
  if (mode !== 'append') await connection.run(`LOCK TABLE ${table.sql} IN SHARE ROW EXCLUSIVE MODE`)
  const there = await columnsIn(connection, table)
  const same =
    there.length === columns.length && columns.every(({ name, type }, at) => there[at]?.name === name && there[at]?.type === declared(type))
  if (mode === 'replace' && !same && (await isCreatedByUs(connection, table))) {
    await connection.run(`DROP TABLE ${table.sql}`)
    return create()
  }
  const missing = columns.find(({ name }) => !there.some((column) => column.name === name))
  if (missing !== undefined) throw conflict(uri, `the table has no column ${missing.name}`)
  // not TRUNCATE: a reader whose snapshot is older would find the table empty
  if (mode === 'replace') await connection.run(`DELETE FROM ${table.sql}`)
  return false
}

const list = (fits: readonly Fit[]) => fits.map(({ name }) => quoted(name)).join(', ')

const insert = (connection: Connection, table: Table, fits: readonly Fit[], range: string, condition: string) =>
  connection.run(
    `INSERT INTO ${table.sql} (${list(fits)}) SELECT ${fits.map(({ value }) => value).join(', ')} FROM ${STAGED} AS s WHERE ${range}${condition} ORDER BY n`,
  )

/** Rows with a key that is there change the columns they have; the others are added. No other process writes meanwhile. */
async function merge(
  connection: Connection,
  table: Table,
  fits: readonly Fit[],
  keys: readonly string[],
  range: string,
): Promise<MergeCounts> {
  const same = fits
    .filter(({ name }) => keys.includes(name))
    .map(({ name, value }) => `t.${quoted(name)} = ${value}`)
    .join(' AND ')
  const [[before = '0'] = []] = await connection.rows(
    `SELECT count(*) FROM ${STAGED} AS s WHERE ${range} AND EXISTS (SELECT 1 FROM ${table.sql} AS t WHERE ${same})`,
  )
  const others = fits.filter(({ name }) => !keys.includes(name))
  const differs = others.map((fit) => `(${comparable(`t.${quoted(fit.name)}`, fit)}) IS DISTINCT FROM (${comparable(fit.value, fit)})`)
  const changes = others.map(({ name, value }) => `${quoted(name)} = ${value}`)
  const updated =
    changes.length === 0
      ? 0
      : await connection.run(
          `UPDATE ${table.sql} AS t SET ${changes.join(', ')} FROM ${STAGED} AS s WHERE ${range} AND ${same} AND (${differs.join(' OR ')})`,
        )
  const inserted = await insert(connection, table, fits, range, ` AND NOT EXISTS (SELECT 1 FROM ${table.sql} AS t WHERE ${same})`)
  return { inserted, updated, unchanged: Number(before) - updated }
}

/** A few types have no equality, such as json. */
const comparable = (sql: string, { column }: Fit) => (column.equal ? sql : `(${sql})::text`)

/** Output.Conflict when a key does not identify one row: it is missing, or two rows have it. */
async function assertKeys(connection: Connection, { keys, manifest: { columns } }: Output): Promise<void> {
  const cells = keys.map((key) => `c${columns.findIndex(({ name }) => name === key)}`)
  const [[without = '0'] = []] = await connection.rows(
    `SELECT count(*) FROM ${STAGED} WHERE ${cells.map((cell) => `${cell} IS NULL`).join(' OR ')}`,
  )
  if (Number(without) > 0) throw missingKey(Number(without), keys)
  const [twice] = await connection.rows(
    `SELECT ${cells.join(', ')}, count(*) FROM ${STAGED} GROUP BY ${cells.join(', ')} HAVING count(*) > 1 LIMIT 1`,
  )
  if (twice !== undefined) throw repeatedKey(Number(twice.at(-1)), keys, twice.slice(0, -1).map(String))
}

/** Output.Unwritable unless the table holds every staged row, and of a table that was replaced no others. */
export async function assertStored(connection: Connection, uri: string, table: Table, output: Output): Promise<void> {
  const { manifest, verify = [] } = output
  const own = (await findTable(connection, table)) ?? table
  const fits = fitsOf(manifest.columns, await columnsIn(connection, own))
  const [[there = '0'] = []] = await connection.rows(`SELECT count(*) FROM ${own.sql}`)
  const stored = fits.map((fit) => comparable(quoted(fit.name), fit)).join(', ')
  const given = fits.map((fit) => comparable(fit.value, fit)).join(', ')
  const [[lost = '0'] = []] = verify.includes('checksum')
    ? await connection.rows(
        `SELECT count(*) FROM (SELECT ${given} FROM ${STAGED} AS s EXCEPT ALL SELECT ${stored} FROM ${own.sql}) AS missing`,
      )
    : []
  assertCounts(uri, output, Number(there), Number(lost))
}
