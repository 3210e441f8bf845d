/**
 * Publishing rows to a table, in one transaction: the rows are staged in a temporary table, become the output, and the run is recorded. Cut
 * off at any moment, the server rolls back, and the database holds what was there before. A run that was recorded publishes nothing again.
 */
import { TaskError } from '#core/errors/errors.ts'
import { name as quoted } from '#relational/types/sql.ts'
import { chosenIndexes } from '../indexes.ts'
import type { MergeCounts, Output, Publication } from '../target.ts'
import type { Place } from '../servers/address.ts'
import { indexName } from '../servers/index-name.ts'
import { assertOurs, namedTarget, type Standing } from '../servers/ownership.ts'
import { connected, type Connection } from './connect.ts'
import { countsOf, ensureLedger, lockTarget, publishersOf, record } from './ledger.ts'
import { POSTGRESQL } from './kind.ts'
import { stage } from './stage.ts'
import { assertStored, store } from './store.ts'
import { columnsIn, findTable, type Table, tableToRead } from './tables.ts'

export async function checkTable(place: Place, publication: Publication): Promise<void> {
  await connected(place.server, 'write', async (connection) => {
    const table = await targetOf(connection, place)
    await assertWritable(connection, place, table, publication)
  })
}

export async function countRows(place: Place): Promise<number> {
  return connected(place.server, 'read', async (connection) => {
    const { sql } = await tableToRead(connection, place)
    const [[rows = '0'] = []] = await connection.rows(`SELECT count(*) FROM ${sql}`)
    return Number(rows)
  })
}

export async function publishTable(place: Place, output: Output): Promise<MergeCounts | undefined> {
  return connected(place.server, 'write', async (connection) => {
    const target = await targetOf(connection, place)
    const before = await countsOf(connection, target, output)
    if (before !== undefined) return before.counts
    await connection.run('BEGIN')
    await stage(connection, output)
    await lockTarget(connection, target)
    // another process may have published since
    const since = await countsOf(connection, target, output)
    if (since !== undefined) return since.counts
    const there = await targetOf(connection, place)
    await assertWritable(connection, place, there, output)
    await ensureLedger(connection, there)
    const stored = await store(connection, place.uri, there, output)
    if ((output.verify ?? []).length > 0) await assertStored(connection, place.uri, there, output)
    for (const names of chosenIndexes(output)) await connection.run(indexOn(there, names))
    await record(connection, there, output, stored)
    await connection.run('COMMIT')
    return stored.counts
  })
}

/** The table to write to; its `kind` is '' where it is created. */
async function targetOf(connection: Connection, { name: given, uri }: Place): Promise<Table> {
  const name = namedTarget(uri, given, POSTGRESQL.scheme)
  const found = await findTable(connection, name)
  if (found !== undefined) return found
  const [[schema = null] = []] = await connection.rows('SELECT current_schema()')
  const own = name.schema ?? schema
  if (own === null)
    throw new TaskError('Output.Unwritable', `no schema of the search path is in the database`, { hint: 'write schema.table' })
  return { schema: own, table: name.table, kind: '', oid: '', sql: `${quoted(own)}.${quoted(name.table)}` }
}

async function assertWritable(connection: Connection, { uri }: Place, table: Table, publication: Publication): Promise<void> {
  if (table.kind === '') return
  const standing: Standing = {
    other: table.kind === 'r' || table.kind === 'p' ? undefined : 'view or foreign table',
    columns: (await columnsIn(connection, table)).map(({ name }) => name),
    filled: async () => (await connection.rows(`SELECT 1 FROM ${table.sql} LIMIT 1`)).length > 0,
    publishers: () => publishersOf(connection, table),
  }
  await assertOurs(uri, standing, publication)
}

/** Characters of a name; the server cuts off the rest. */
const MAX_NAME = 63

const indexOn = ({ table, sql }: Table, names: readonly string[]) =>
  `CREATE INDEX IF NOT EXISTS ${quoted(indexName(table, names, MAX_NAME))} ON ${sql} (${names.map(quoted).join(', ')})`
