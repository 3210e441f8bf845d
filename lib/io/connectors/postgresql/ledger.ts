/** Our books in a schema: which run published what to which table. What a table of ours is known by. */
import { name as quoted, text } from '#relational/types/sql.ts'
import type { MergeCounts, Output } from '../target.ts'
import type { Connection } from './connect.ts'
import { LEDGER, type Table } from './tables.ts'

const ledgerOf = ({ schema }: Table) => `${quoted(schema)}.${quoted(LEDGER)}`

const exists = async (connection: Connection, table: Table) =>
  (await connection.rows(`SELECT 1 WHERE to_regclass(${text(ledgerOf(table))}) IS NOT NULL`)).length > 0

const ofTarget = ({ table }: Table) => `target = ${text(table)}`

/** What the run has published there by this step; undefined when it has not. */
export async function countsOf(
  connection: Connection,
  table: Table,
  { run, step }: Output,
): Promise<{ readonly counts: MergeCounts | undefined } | undefined> {
  if (!(await exists(connection, table))) return undefined
  const [row] = await connection.rows(
    `SELECT inserted, updated, unchanged FROM ${ledgerOf(table)} WHERE ${ofTarget(table)} AND run = ${text(run)} AND step = ${text(step)}`,
  )
  if (row === undefined) return undefined
  const [inserted = null, updated = null, unchanged = null] = row
  return { counts: updated === null ? undefined : { inserted: Number(inserted), updated: Number(updated), unchanged: Number(unchanged) } }
}

export async function publishersOf(connection: Connection, table: Table): Promise<readonly string[]> {
  if (!(await exists(connection, table))) return []
  return (await connection.rows(`SELECT DISTINCT pipeline FROM ${ledgerOf(table)} WHERE ${ofTarget(table)}`)).map(([pipeline]) =>
    String(pipeline),
  )
}

/** Whether a run has created the table; what somebody else has created keeps its columns. */
export async function isCreatedByUs(connection: Connection, table: Table): Promise<boolean> {
  const [row] = await connection.rows(`SELECT 1 FROM ${ledgerOf(table)} WHERE ${ofTarget(table)} AND created LIMIT 1`)
  return row !== undefined
}

/** Until the end of the transaction no other run publishes to the table. */
export const lockTarget = (connection: Connection, { sql }: Table) =>
  connection.run(`SELECT pg_advisory_xact_lock(hashtext('siftstep'), hashtext(${text(sql)}))`)

/** Creates the ledger of the schema; one transaction at a time does so. */
export async function ensureLedger(connection: Connection, table: Table): Promise<void> {
  if (await exists(connection, table)) return
  await connection.run(
    `SELECT pg_advisory_xact_lock(hashtext('siftstep'), hashtext(${text(ledgerOf(table))}));
     CREATE TABLE IF NOT EXISTS ${ledgerOf(table)} (target text NOT NULL, run text NOT NULL, step text NOT NULL, pipeline text NOT NULL, mode text NOT NULL,
       rows bigint NOT NULL, inserted bigint, updated bigint, unchanged bigint, created boolean NOT NULL, PRIMARY KEY (target, run, step))`,
  )
}

export interface Stored {
  /** Of a merge. */
  readonly counts: MergeCounts | undefined
  /** Whether the table was created for these rows. */
  readonly created: boolean
}

export async function record(
  connection: Connection,
  table: Table,
  { pipeline, run, step, mode, manifest }: Output,
  { counts, created }: Stored,
): Promise<void> {
  const numbers = [manifest.rows, counts?.inserted ?? 'NULL', counts?.updated ?? 'NULL', counts?.unchanged ?? 'NULL', created]
  const texts = [table.table, run, step, pipeline, mode].map(text)
  await connection.run(`INSERT INTO ${ledgerOf(table)} VALUES (${[...texts, ...numbers].join(', ')})`)
}
