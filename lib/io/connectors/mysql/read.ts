/** Reading a table or the rows of a query: in one snapshot, so that all of it is of one moment, with as much in memory as a few thousand rows. */
import { TaskError } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'
import type { Extracted, Partition, Seen } from '../connector.ts'
import { type Place, tableUri } from '../servers/address.ts'
import { assertNames, handOver, selectOf } from '../servers/reading.ts'
import type { TableSink } from '../table-sink.ts'
import { type TypedColumn, typeColumns } from './column-types.ts'
import { connected, type Connection } from './connect.ts'
import { quoted } from './sql.ts'
import { primaryKeyOf, type Table, tableToRead } from './tables.ts'

/** Does the work in a snapshot of a connection that is closed afterwards. */
const reading = <Result>(place: Place, work: (connection: Connection) => Promise<Result>): Promise<Result> =>
  connected(place.server, 'read', async (connection) => {
    await connection.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
    return work(connection)
  })

/** What bytes of a cell are counted for where the server knows no more. */
const CELL_BYTES = 16

export const partitions = (place: Place): Promise<readonly Partition[]> =>
  reading(place, async (connection) => {
    const { select, table } = await selectOf(place, () => tableToRead(connection, place))
    const columns = await connection.columns(select)
    const [[rows = '0'] = []] = await connection.rows(`SELECT COUNT(*) FROM (${select}\n) AS q`)
    const bytes = Math.max(table?.bytes ?? 0, Number(rows) * columns.length * (table?.bytes === undefined ? CELL_BYTES : 1))
    return [{ uri: table === undefined ? place.uri : tableUri(place, nameOf(place, table)), rows: Number(rows), bytes }]
  })

/** Without its database where that is the one of the place. */
const nameOf = ({ server }: Place, { schema, table }: Table) => (schema === server.database ? { table } : { schema, table })

/** Whether the server lets us in and the table or query is there, by its columns. */
export const look = (place: Place): Promise<Seen> =>
  reading(place, async (connection) => {
    const { select } = await selectOf(place, () => tableToRead(connection, place))
    return { found: `the server answers, ${count((await connection.columns(select)).length, 'column')}` }
  })

export const extract = (place: Place, to: TableSink): Promise<Extracted> =>
  reading(place, async (connection) => {
    const { select, table } = await selectOf(place, () => tableToRead(connection, place))
    const columns = await connection.columns(select)
    assertNames(columns, place.uri)
    const typed = await typeColumns(connection, columns, select, table !== undefined)
    to.start(typed.map(({ name, type }) => ({ name, type })))
    const rows = await handOver(
      connection.batches(table === undefined ? select : await inOrder(connection, table, typed)),
      typed.map((column) => readerOf(column, place.uri)),
      to,
      // the blocks of the connection are as large as may be held
      1,
    )
    return { rows, notes: typed.flatMap(({ notes }) => notes), doubts: typed.flatMap(({ doubts }) => doubts) }
  })

/** The cells of a table, in the order of its primary key: the order in which they are stored. */
async function inOrder(connection: Connection, table: Table, columns: readonly TypedColumn[]): Promise<string> {
  const keys = await primaryKeyOf(connection, table)
  const order = keys.length === 0 ? '' : ` ORDER BY ${keys.map((key) => `t.${quoted(key)}`).join(', ')}`
  return `SELECT ${columns.map(({ sql }) => `t.${sql}`).join(', ')} FROM ${table.sql} AS t${order}`
}

function readerOf({ name, read }: TypedColumn, uri: string) {
  return (cell: Buffer) => {
    const value = read(cell)
    if (value !== undefined) return value
    throw new TaskError('Data.SourceChanged', `${uri}: a value of the column ${name} changed while it was read`, {
      hint: 'a query that is read twice must give the same rows, and a table that is written to needs the engine InnoDB',
    })
  }
}
