/** Tables of a database by their names. */
import { name as quoted, text } from '#relational/types/sql.ts'
import type { Place, TableName } from '../servers/address.ts'
import { LEDGER } from '../servers/ledger.ts'
import { noTable } from '../servers/reading.ts'
import type { Connection } from './connect.ts'

export interface Table {
  readonly schema: string
  readonly table: string
  /** As pg_class says it: r is a table. */
  readonly kind: string
  readonly oid: string
  /** Its quoted name, with the schema. */
  readonly sql: string
}

/** Kinds of relations that have rows: tables, with partitions, views, materialised, foreign. */
const WITH_ROWS = "('r', 'p', 'v', 'm', 'f')"
const NAMED = `SELECT n.nspname, c.relname, c.relkind, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ${WITH_ROWS}`

/** The table of a name; undefined when there is none. */
export async function findTable(connection: Connection, { schema, table }: TableName): Promise<Table | undefined> {
  const where =
    schema === undefined ? `c.oid = to_regclass(${text(quoted(table))})` : `n.nspname = ${text(schema)} AND c.relname = ${text(table)}`
  const [row] = await connection.rows(`${NAMED} AND ${where}`)
  return row === undefined ? undefined : tableOf(row)
}

function tableOf([schema, table, kind, oid]: readonly (string | null)[]): Table {
  const [own, name] = [String(schema), String(table)]
  return { schema: own, table: name, kind: String(kind), oid: String(oid), sql: `${quoted(own)}.${quoted(name)}` }
}

/** All tables and views of the database, in the order of their names; none of the system and none of our books. */
const allTables = async (connection: Connection): Promise<readonly Table[]> =>
  (
    await connection.rows(
      `${NAMED} AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' AND c.relname <> ${text(LEDGER)} AND NOT c.relispartition ORDER BY 1, 2`,
    )
  ).map(tableOf)

const shown = ({ schema, table }: Table) => (schema === 'public' ? table : `${schema}.${table}`)

/** The table to read; without a name the only one there is. Data.NoSources, with what there is instead. */
export async function tableToRead(connection: Connection, { name, server: { database } }: Place): Promise<Table> {
  const found = name === undefined ? undefined : await findTable(connection, name)
  if (found !== undefined) return found
  const tables = await allTables(connection)
  const [only, ...more] = tables
  if (name === undefined && only !== undefined && more.length === 0) return only
  throw noTable(name, database, tables.map(shown))
}

export interface TableColumn {
  readonly name: string
  /** As it is declared, and the same without length and precision. */
  readonly type: string
  readonly base: string
  /** Whether its values can be compared. */
  readonly equal: boolean
}

/** The columns of a table that is there, in order; none of one that is not. */
export const columnsIn = async (connection: Connection, { sql }: Table): Promise<readonly TableColumn[]> =>
  (
    await connection.rows(
      `SELECT attname, format_type(atttypid, atttypmod), format_type(atttypid, -1), EXISTS (SELECT 1 FROM pg_operator WHERE oprname = '=' AND oprleft = atttypid AND oprright = atttypid) OR EXISTS (SELECT 1 FROM pg_type WHERE oid = atttypid AND (typtype IN ('e', 'd') OR typname IN ('varchar') OR typcategory = 'A')) FROM pg_attribute WHERE attrelid = to_regclass(${text(sql)}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    )
  ).map(([name, type, base, equal]) => ({ name: String(name), type: String(type), base: String(base), equal: equal === 't' }))
