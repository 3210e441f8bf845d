/**
 * Our books in a database: which run published what to which table. A table that was swapped in bears its entry in its comment, because no
 * transaction holds both: whoever looks next makes the entry from it.
 */
import { TaskError } from '#core/errors/errors.ts'
import { createHash } from 'node:crypto'
import { entryOf, LEDGER, ledgerColumns, ledgerRow, type Stored } from '../servers/ledger.ts'
import type { MergeCounts, Output } from '../target.ts'
import type { Connection } from './connect.ts'
import { quoted, text } from './sql.ts'
import { findTable, type Table, tableOf } from './tables.ts'

/** Characters of a name. */
const NAME = 'varchar(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'

const ledgerOf = ({ schema }: Table) => tableOf(schema, LEDGER).sql

const exists = async (connection: Connection, { schema }: Table) => (await findTable(connection, { schema, table: LEDGER })) !== undefined

const ofTarget = ({ table }: Table) => `target = ${text(table)}`

/** What an entry says: the same as the comment of a table. */
interface Entry {
  readonly pipeline: string
  readonly run: string
  readonly step: string
  readonly mode: Output['mode']
  readonly rows: number
  readonly counts?: MergeCounts | undefined
}

const MARK = 'siftstep '
/** Signs of a comment. */
const MAX_COMMENT = 2048

/** The comment of a table that bears the entry of a run. */
export function markOf({ pipeline, run, step, mode, manifest }: Output, counts: MergeCounts | undefined): string {
  const entry: Entry = { pipeline, run, step, mode, rows: manifest.rows, ...(counts === undefined ? {} : { counts }) }
  const mark = `${MARK}${JSON.stringify(entry)}`
  if (mark.length <= MAX_COMMENT) return mark
  throw new TaskError('Output.Conflict', `the names of pipeline, run and step have ${mark.length} signs, and ${MAX_COMMENT} are allowed`, {
    hint: 'give the pipeline or the step a shorter id',
  })
}

/** The entry that a table bears; undefined where its comment is of others. */
function borneBy({ comment }: Table): Entry | undefined {
  if (!comment.startsWith(`${MARK}{`)) return undefined
  try {
    const { pipeline, run, step, mode, rows, counts } = JSON.parse(comment.slice(MARK.length)) as Entry
    return [pipeline, run, step].every((one) => typeof one === 'string')
      ? { pipeline, run, step, mode, rows: Number(rows), counts }
      : undefined
  } catch {
    // somebody has written over it: it says nothing any more
    return undefined
  }
}

/** What the run has published there by this step; undefined when it has not, as far as the books say. */
export const countsOf = async (connection: Connection, table: Table, output: Pick<Output, 'run' | 'step'>) =>
  (await exists(connection, table)) ? entryOf(connection, ledgerOf(table), table.table, output, text) : undefined

export async function publishersOf(connection: Connection, table: Table): Promise<readonly string[]> {
  const borne = borneBy(table)?.pipeline
  const written = (await exists(connection, table))
    ? await connection.rows(`SELECT DISTINCT pipeline FROM ${ledgerOf(table)} WHERE ${ofTarget(table)}`)
    : []
  return [...new Set([...(borne === undefined ? [] : [borne]), ...written.map(([pipeline]) => String(pipeline))])]
}

/** Whether a run has created the table; what somebody else has created keeps its columns. */
export async function isCreatedByUs(connection: Connection, table: Table): Promise<boolean> {
  const [row] = await connection.rows(`SELECT 1 FROM ${ledgerOf(table)} WHERE ${ofTarget(table)} AND created LIMIT 1`)
  return row !== undefined
}

/** How long another run may take. */
const WAIT_SECONDS = 600

/** Until the connection ends no other run publishes to the table. Transient.Unavailable when another one does not end. */
export async function lockTarget(connection: Connection, { schema, table }: Table): Promise<void> {
  const lock = `siftstep ${createHash('sha256')
    .update(JSON.stringify([schema, table]))
    .digest('hex')
    .slice(0, 40)}`
  const [[taken = null] = []] = await connection.rows(`SELECT GET_LOCK(${text(lock)}, ${WAIT_SECONDS})`)
  if (taken === '1') return
  throw new TaskError('Transient.Unavailable', `another run publishes to ${schema}.${table}, for more than ${WAIT_SECONDS / 60} minutes`, {
    hint: 'a retry may succeed',
  })
}

/** Creates the books of the database, and makes the entry that the table bears. */
export async function ensureLedger(connection: Connection, table: Table): Promise<void> {
  if (!(await exists(connection, table)))
    await connection.run(`CREATE TABLE IF NOT EXISTS ${ledgerOf(table)} (${ledgerColumns(NAME, quoted)}) ENGINE=InnoDB ROW_FORMAT=DYNAMIC`)
  const entry = borneBy(table)
  if (entry === undefined || (await countsOf(connection, table, entry)) !== undefined) return
  await record(connection, table, entry, { counts: entry.counts, created: true })
}

export const record = (connection: Connection, table: Table, entry: Omit<Entry, 'counts'>, stored: Stored) =>
  connection.run(`INSERT INTO ${ledgerOf(table)} VALUES (${ledgerRow(table.table, entry, stored, text)})`)
