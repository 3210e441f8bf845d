/** Tables of a database by their names. */
import type { Place, TableName } from '../servers/address.ts'
import { LEDGER } from '../servers/ledger.ts'
import { noTable } from '../servers/reading.ts'
import type { Connection } from './connect.ts'
import { quoted, text } from './sql.ts'

export interface Table {
  /** Its database. */
  readonly schema: string
  readonly table: string
  /** As information_schema says it: BASE TABLE, VIEW, and a few others; '' for one that is not there. */
  readonly kind: string
  /** '' for a view. */
  readonly engine: string
  readonly comment: string
  readonly bytes: number
  /** Its quoted name, with the database. */
  readonly sql: string
}

export const tableOf = (schema: string, table: string): Table => ({
  ...{ schema, table, kind: '', engine: '', comment: '', bytes: 0 },
  sql: `${quoted(schema)}.${quoted(table)}`,
})

/** What is neither of the system nor ours. */
const OURS = '_siftstep_'

async function tablesOf(connection: Connection, schema: string, condition: string): Promise<readonly Table[]> {
  const rows = await connection.rows(
    `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COMMENT, DATA_LENGTH FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${text(schema)} AND TABLE_TYPE <> 'TEMPORARY' AND ${condition} ORDER BY TABLE_NAME`,
  )
  return rows.map(([own, table, kind, engine, comment, bytes]) => ({
    ...tableOf(String(own), String(table)),
    ...{ kind: String(kind), engine: engine ?? '', comment: comment ?? '', bytes: Number(bytes ?? 0) },
  }))
}

/** The table of a name; undefined when there is none. Capitals matter where they do to the server. */
export async function findTable(connection: Connection, { schema, table }: TableName): Promise<Table | undefined> {
  const found = await tablesOf(connection, schema ?? connection.server.database, `TABLE_NAME = ${text(table)}`)
  const exact = found.find((one) => one.table === table)
  if (exact !== undefined || found.length === 0) return exact
  const [[lower = '0'] = []] = await connection.rows('SELECT @@lower_case_table_names')
  return lower === '0' ? undefined : found[0]
}

/** The table to read; without a name the only one there is. Data.NoSources, with what there is instead. */
export async function tableToRead(connection: Connection, { name, server: { database } }: Place): Promise<Table> {
  const found = name === undefined ? undefined : await findTable(connection, name)
  if (found !== undefined) return found
  const all = await tablesOf(connection, name?.schema ?? database, `TABLE_TYPE <> 'SEQUENCE'`)
  const tables = all.filter(({ table }) => table !== LEDGER && !table.startsWith(OURS))
  const [only, ...more] = tables
  if (name === undefined && only !== undefined && more.length === 0) return only
  throw noTable(
    name,
    database,
    tables.map(({ schema, table }) => (schema === database ? table : `${schema}.${table}`)),
  )
}

/** Names of the columns of the primary key, in its order. */
export const primaryKeyOf = async (connection: Connection, { schema, table }: Table): Promise<readonly string[]> =>
  (
    await connection.rows(
      `SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ${text(schema)} AND TABLE_NAME = ${text(table)} AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`,
    )
  ).map(([name]) => String(name))
