/**
 * Publishing rows to a table, in one transaction: the rows are staged in a temporary table, become the output, and the run is recorded. Cut
 * off at any moment, the server rolls back, and the database holds what was there before. A run that was recorded publishes nothing again.
 */
import { TaskError } from '#core/errors/errors.ts'
import { conflict } from '#io/publish/manifest.ts'
import { name as quoted } from '#relational/types/sql.ts'
import { chosenIndexes } from '../indexes.ts'
import type { MergeCounts, Output, Publication } from '../target.ts'
import { type Place, pathOf } from './address.ts'
import { connected, type Connection } from './connect.ts'
import { countsOf, ensureLedger, lockTarget, publishersOf, record } from './ledger.ts'
import { stage } from './stage.ts'
import { assertStored, store } from './store.ts'
import { columnsIn, findTable, type Table, tableToRead } from './tables.ts'

export async function checkTable(place: Place, publication: Publication): Promise<void> {
  await connected(place.server, 'write', async (connection) => {
    const table = await targetOf(connection, place)
    await assertOurs(connection, place, table, publication)
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
    await assertOurs(connection, place, there, output)
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
async function targetOf(connection: Connection, { name, uri }: Place): Promise<Table> {
  if (name === undefined)
    throw new TaskError('Definition.InvalidSetting', `${uri} names no table to publish to`, {
      hint: 'write {connection: …, table: …}, or postgresql://host/database/table',
    })
  const found = await findTable(connection, name)
  if (found !== undefined) return found
  const [[schema = null] = []] = await connection.rows('SELECT current_schema()')
  const own = name.schema ?? schema
  if (own === null)
    throw new TaskError('Output.Unwritable', `no schema of the search path is in the database`, { hint: 'write schema.table' })
  return { schema: own, table: name.table, kind: '', oid: '', sql: `${quoted(own)}.${quoted(name.table)}` }
}

/** Output.Conflict when the rows of a table another wrote would be replaced, or when rows cannot be merged by these keys. */
async function assertOurs(connection: Connection, { uri }: Place, table: Table, { pipeline, mode, keys }: Publication): Promise<void> {
  if (table.kind === '') return
  if (table.kind !== 'r' && table.kind !== 'p') throw conflict(uri, 'it is a view or foreign table, not a table')
  const names = (await columnsIn(connection, table)).map(({ name }) => name)
  const missing = mode === 'merge' ? keys.find((key) => !names.includes(key)) : undefined
  if (missing !== undefined) throw conflict(uri, `the table has no column ${missing} to merge by`)
  if (mode !== 'replace') return
  if ((await connection.rows(`SELECT 1 FROM ${table.sql} LIMIT 1`)).length === 0) return
  const owners = await publishersOf(connection, table)
  if (owners.length === 0) throw conflict(uri, 'the table holds rows this pipeline did not write')
  const other = owners.find((owner) => owner !== pipeline)
  if (other !== undefined) throw conflict(uri, `the pipeline ${other} published there`)
}

/** Characters of a name; the server cuts off the rest. */
const MAX_NAME = 63

function indexOn({ table, sql }: Table, names: readonly string[]): string {
  const name = `siftstep_${table}_${names.join('_')}`
  const short = Buffer.byteLength(name) <= MAX_NAME ? name : `siftstep_${pathOf({ table }).slice(0, 20)}_${hashOf(name)}`
  return `CREATE INDEX IF NOT EXISTS ${quoted(short)} ON ${sql} (${names.map(quoted).join(', ')})`
}

/** FNV-1a: the same name has the same index in every run. */
const hashOf = (text: string) =>
  [...Buffer.from(text)].reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619) >>> 0, 2_166_136_261).toString(16)
