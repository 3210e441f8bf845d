/**
 * Publishing rows to a table, all or nothing. The rows are staged in a temporary table. A table that a run creates, or has created and
 * replaces, is filled beside its place and moved there in one step; rows of a table that stays change in one transaction, together with
 * the entry of the run in the books. A run that has an entry publishes nothing again.
 */
import { conflict } from '#io/publish/manifest.ts'
import type { Place } from '../servers/address.ts'
import { assertOurs, namedTarget } from '../servers/ownership.ts'
import type { MergeCounts, Output, Publication } from '../target.ts'
import { columnsIn } from './columns.ts'
import { connected, type Connection } from './connect.ts'
import { MYSQL } from './kind.ts'
import { countsOf, ensureLedger, isCreatedByUs, lockTarget, publishersOf, record } from './ledger.ts'
import { stage } from './stage.ts'
import { assertKeys, assertStored, prepare, store } from './store.ts'
import { isSwappable, swap, tidy } from './swap.ts'
import { findTable, type Table, tableOf, tableToRead } from './tables.ts'

export async function checkTable(place: Place, publication: Publication): Promise<void> {
  await connected(place.server, 'write', async (connection) => {
    await assertWritable(connection, place, await targetOf(connection, place), publication)
  })
}

export async function countRows(place: Place): Promise<number> {
  return connected(place.server, 'read', async (connection) => {
    const { sql } = await tableToRead(connection, place)
    const [[rows = '0'] = []] = await connection.rows(`SELECT COUNT(*) FROM ${sql}`)
    return Number(rows)
  })
}

export async function publishTable(place: Place, output: Output): Promise<MergeCounts | undefined> {
  return connected(place.server, 'write', async (connection) => {
    const target = await targetOf(connection, place)
    const before = await countsOf(connection, target, output)
    if (before !== undefined) return before.counts
    await stage(connection, output)
    await lockTarget(connection, target)
    const there = await targetOf(connection, place)
    await tidy(connection, there)
    await ensureLedger(connection, there)
    // another process may have published since, or this run before it was cut off
    const since = await countsOf(connection, there, output)
    if (since !== undefined) return since.counts
    await assertWritable(connection, place, there, output)
    if (output.mode === 'merge') await assertKeys(connection, output)
    return (await isSwapped(connection, there, output))
      ? replaced(connection, place, there, output)
      : changed(connection, place, there, output)
  })
}

const isSwapped = async (connection: Connection, there: Table, { mode }: Output) =>
  there.kind === '' || (mode === 'replace' && (await isCreatedByUs(connection, there)) && (await isSwappable(connection, there)))

async function replaced(connection: Connection, { uri }: Place, there: Table, output: Output): Promise<MergeCounts | undefined> {
  const counts = await swap(connection, uri, there, output)
  await record(connection, there, { ...output, rows: output.manifest.rows }, { counts, created: true })
  return counts
}

async function changed(connection: Connection, { uri }: Place, there: Table, output: Output): Promise<MergeCounts | undefined> {
  const prepared = await prepare(connection, uri, there, output)
  await connection.run('START TRANSACTION')
  if (output.mode === 'replace') await connection.run(`DELETE FROM ${there.sql}`)
  const counts = await store(connection, uri, there, output, prepared)
  await assertStored(connection, uri, there, output, prepared)
  await record(connection, there, { ...output, rows: output.manifest.rows }, { counts, created: false })
  await connection.run('COMMIT')
  return counts
}

/** The table to write to; its `kind` is '' where it is created. */
async function targetOf(connection: Connection, { name: given, uri, server }: Place): Promise<Table> {
  const name = namedTarget(uri, given, MYSQL.scheme)
  return (await findTable(connection, name)) ?? tableOf(name.schema ?? server.database, name.table)
}

/** The only engine with transactions that every server has. */
const ENGINE = 'InnoDB'

async function assertWritable(connection: Connection, { uri }: Place, table: Table, publication: Publication): Promise<void> {
  if (table.kind === '') return
  await assertOurs(
    uri,
    {
      other: table.kind === 'BASE TABLE' || table.kind === 'SYSTEM VERSIONED' ? undefined : table.kind.toLowerCase(),
      columns: (await columnsIn(connection, table)).map(({ name }) => name),
      filled: async () => (await connection.rows(`SELECT 1 FROM ${table.sql} LIMIT 1`)).length > 0,
      publishers: () => publishersOf(connection, table),
    },
    publication,
  )
  if (table.engine.toLowerCase() !== ENGINE.toLowerCase())
    throw conflict(uri, `the table has the engine ${table.engine}, which cannot undo half a publication: ALTER TABLE … ENGINE=${ENGINE}`)
}
