/** Our books in a schema: which run published what to which table. What a table of ours is known by. */
import { name as quoted, text } from '#relational/types/sql.ts'
import { entryOf, LEDGER, ledgerColumns, ledgerRow, type Stored } from '../servers/ledger.ts'
import type { Output } from '../target.ts'
import type { Connection } from './connect.ts'
import type { Table } from './tables.ts'

const ledgerOf = ({ schema }: Table) => `${quoted(schema)}.${quoted(LEDGER)}`

const exists = async (connection: Connection, table: Table) =>
  (await connection.rows(`SELECT 1 WHERE to_regclass(${text(ledgerOf(table))}) IS NOT NULL`)).length > 0

const ofTarget = ({ table }: Table) => `target = ${text(table)}`

/** What the run has published there by this step; undefined when it has not, as far as the books say. */
export const countsOf = async (connection: Connection, table: Table, output: Pick<Output, 'run' | 'step'>) =>
  (await exists(connection, table)) ? entryOf(connection, ledgerOf(table), table.table, output, text) : undefined

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
     CREATE TABLE IF NOT EXISTS ${ledgerOf(table)} (${ledgerColumns('text', quoted)})`,
  )
}

export const record = (connection: Connection, table: Table, output: Output, stored: Stored) =>
  connection.run(
    `INSERT INTO ${ledgerOf(table)} VALUES (${ledgerRow(table.table, { ...output, rows: output.manifest.rows }, stored, text)})`,
  )
