/**
 * A table that is filled beside its place, and moved there in one step. Cut off before the step, the table beside it is removed by the next
 * run; after it, the comment of the table says who has published it.
 */
import type { MergeCounts, Output } from '../target.ts'
import { createHash } from 'node:crypto'
import { columnsIn } from './columns.ts'
import type { Connection } from './connect.ts'
import { isSame } from './fit.ts'
import { markOf } from './ledger.ts'
import { text } from './sql.ts'
import { fieldOf, TABLE_OPTIONS } from './stage.ts'
import { assertStored, createIndexes, prepare, store } from './store.ts'
import { findTable, type Table, tableOf } from './tables.ts'

/** The tables beside a table: that which takes its place, and that which had it. */
function besides({ schema, table }: Table): { readonly fresh: Table; readonly old: Table } {
  const name = createHash('sha256').update(table).digest('hex').slice(0, 20)
  return { fresh: tableOf(schema, `_siftstep_new_${name}`), old: tableOf(schema, `_siftstep_old_${name}`) }
}

/** Removes what a run that was cut off has left beside a table. */
export async function tidy(connection: Connection, table: Table): Promise<void> {
  for (const one of Object.values(besides(table)))
    if ((await findTable(connection, one)) !== undefined) await connection.run(`DROP TABLE IF EXISTS ${one.sql}`)
}

async function cleanUp(connection: Connection, table: Table): Promise<void> {
  await connection.run('ROLLBACK')
  await tidy(connection, table)
}

/** Whether another table can take the place of one: nothing hangs on it that a new table would not have. */
export async function isSwappable(connection: Connection, { schema, table, kind }: Table): Promise<boolean> {
  if (kind !== 'BASE TABLE') return false
  const [[hanging = '0'] = []] = await connection.rows(
    `SELECT (SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ${text(schema)} AND EVENT_OBJECT_TABLE = ${text(table)}) + (SELECT COUNT(*) FROM information_schema.KEY_COLUMN_USAGE WHERE (TABLE_SCHEMA = ${text(schema)} AND TABLE_NAME = ${text(table)} AND REFERENCED_TABLE_NAME IS NOT NULL) OR (REFERENCED_TABLE_SCHEMA = ${text(schema)} AND REFERENCED_TABLE_NAME = ${text(table)}))`,
  )
  return hanging === '0'
}

/** Puts the staged rows, as a table, in the place of what is there or of nothing. */
export async function swap(connection: Connection, uri: string, there: Table, output: Output): Promise<MergeCounts | undefined> {
  const { fresh, old } = besides(there)
  const { mode, manifest } = output
  const counts = mode === 'merge' ? { inserted: manifest.rows, updated: 0, unchanged: 0 } : undefined
  try {
    await create(connection, there, fresh, output, counts)
    const filled = { ...output, mode: 'append' as const, indexes: 'none' as const }
    const prepared = await prepare(connection, uri, fresh, filled)
    await connection.run('START TRANSACTION')
    await store(connection, uri, fresh, filled, prepared)
    await assertStored(connection, uri, fresh, output, prepared)
    await connection.run('COMMIT')
    await createIndexes(connection, fresh, output, there)
  } catch (error) {
    // what cannot be removed now, the next run removes
    await cleanUp(connection, there).catch(() => {})
    throw error
  }
  const moved = `${fresh.sql} TO ${there.sql}`
  await connection.run(`RENAME TABLE ${there.kind === '' ? moved : `${there.sql} TO ${old.sql}, ${moved}`}`)
  await tidy(connection, there)
  return counts
}

/** An empty table: like the one that is there, with its indexes, if that has the columns of the rows. */
async function create(connection: Connection, there: Table, fresh: Table, output: Output, counts: MergeCounts | undefined): Promise<void> {
  const { columns } = output.manifest
  const mark = text(markOf(output, counts))
  const own = there.kind === '' ? [] : await columnsIn(connection, there)
  const same = own.length === columns.length && columns.every((column, at) => own[at]?.name === column.name && isSame(column, own[at]))
  if (!same) {
    await connection.run(`CREATE TABLE ${fresh.sql} (${columns.map(fieldOf).join(', ')}) ${TABLE_OPTIONS} COMMENT=${mark}`)
    return
  }
  await connection.run(`CREATE TABLE ${fresh.sql} LIKE ${there.sql}`)
  await connection.run(`ALTER TABLE ${fresh.sql} COMMENT=${mark}`)
}
