/** Reading a table or the rows of a query: in one snapshot, so that all of it is of one moment, however many connections read. */
import { count } from '#core/text/numbers.ts'
import type { Extracted, Options, Partition, Seen } from '../connector.ts'
import type { TableSink } from '../table-sink.ts'
import { type Place, tableUri } from '../servers/address.ts'
import { assertNames, handOver, selectOf } from '../servers/reading.ts'
import { reader, typeColumns } from './column-types.ts'
import { connect, connected, type Connection } from './connect.ts'
import { rowsOf } from './copy-text.ts'
import { type Table, tableToRead } from './tables.ts'

const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'

export async function partitions(place: Place): Promise<readonly Partition[]> {
  return connected(place.server, 'read', async (connection) => {
    await connection.run(SNAPSHOT)
    const { select, table } = await selectOf(place, () => tableToRead(connection, place))
    const [[rows = '0'] = []] = await connection.rows(`SELECT count(*) FROM (${select}\n) AS q`)
    const uri = table === undefined ? place.uri : tableUri(place, table)
    return [{ uri, rows: Number(rows), bytes: await bytesOf(connection, select, Number(rows), table) }]
  })
}

/** Whether the server lets us in and the table or query is there, by its columns. */
export async function look(place: Place): Promise<Seen> {
  return connected(place.server, 'read', async (connection) => {
    const { select } = await selectOf(place, () => tableToRead(connection, place))
    return { found: `the server answers, ${count((await connection.columns(select)).length, 'column')}` }
  })
}

/** The pages of a table; of other rows what the planner takes for their width. */
async function bytesOf(connection: Connection, select: string, rows: number, table: Table | undefined): Promise<number> {
  if (table !== undefined && 'rm'.includes(table.kind)) {
    const [[bytes = '0'] = []] = await connection.rows(`SELECT pg_relation_size(${table.oid})`)
    return Number(bytes)
  }
  const [[plan = '[]'] = []] = await connection.rows(`EXPLAIN (FORMAT JSON) ${select}`)
  const [root] = JSON.parse(plan ?? '[]') as readonly { readonly Plan?: { readonly 'Plan Width'?: number } }[]
  return rows * (root?.Plan?.['Plan Width'] ?? 0)
}

/** Pages of a range: a table of fewer is read by one connection. */
const RANGE_PAGES = 4096
const DEFAULT_POOL = 2

export async function extract(place: Place, to: TableSink, { pool_size }: Options): Promise<Extracted> {
  return connected(place.server, 'read', async (connection) => {
    await connection.run(SNAPSHOT)
    const { select, table } = await selectOf(place, () => tableToRead(connection, place))
    const columns = await connection.columns(select)
    assertNames(columns, place.uri)
    const cells = columns.map((_, at) => `c${at}`).join(', ')
    const typed = await typeColumns(connection, columns, `(${select}\n) AS q(${cells})`)
    to.start(typed.map(({ name, type }) => ({ name, type })))
    const ranges = table === undefined ? [''] : await rangesOf(connection, table)
    const copies = ranges.map(
      (range) => `COPY (SELECT ${typed.map(({ sql }) => sql).join(', ')} FROM (${select}${range}\n) AS q(${cells})) TO STDOUT`,
    )
    const others = await companions(connection, Math.min(Number(pool_size ?? DEFAULT_POOL), copies.length) - 1)
    try {
      const rows = await handOver(
        rowsOfAll(inOrder([connection, ...others], copies), place.uri),
        typed.map(({ type }) => reader(type)),
        to,
      )
      return { rows, notes: typed.flatMap(({ notes }) => notes), doubts: typed.flatMap(({ doubts }) => doubts) }
    } finally {
      for (const other of others) await other.close()
    }
  })
}

/** Conditions that split a table by its pages, in order; every row is in exactly one. */
async function rangesOf(connection: Connection, { oid, kind }: Table): Promise<readonly string[]> {
  if (kind !== 'r' && kind !== 'm') return ['']
  const [[pages = '0'] = []] = await connection.rows(`SELECT pg_relation_size(${oid}) / current_setting('block_size')::bigint`)
  const starts = Array.from({ length: Math.max(1, Math.ceil(Number(pages) / RANGE_PAGES)) }, (_, at) => at * RANGE_PAGES)
  if (starts.length === 1) return ['']
  return starts.map((start, at) => {
    const end = starts[at + 1]
    return ` WHERE ctid >= '(${start},0)'${end === undefined ? '' : ` AND ctid < '(${end},0)'`}`
  })
}

/** More connections, which see what the first one sees. */
async function companions(first: Connection, wanted: number): Promise<readonly Connection[]> {
  if (wanted < 1) return []
  const [[snapshot] = []] = await first.rows('SELECT pg_export_snapshot()')
  const opened: Connection[] = []
  try {
    while (opened.length < wanted) {
      const other = await connect(first.server, 'read')
      opened.push(other)
      await other.run(`${SNAPSHOT}; SET TRANSACTION SNAPSHOT '${snapshot}'`)
    }
    return opened
  } catch (error) {
    for (const other of opened) await other.close()
    throw error
  }
}

/** The bytes of all copies, one after another; the connections that are free prepare the next ones. */
async function* inOrder(connections: readonly Connection[], copies: readonly string[]): AsyncIterable<AsyncIterable<Buffer>> {
  const started: AsyncIterable<Buffer>[] = []
  for (const at of copies.keys()) {
    while (started.length < Math.min(copies.length, at + connections.length)) {
      const free = connections[started.length % connections.length] as Connection
      started.push(free.copyOut(copies[started.length] as string))
    }
    yield started[at] as AsyncIterable<Buffer>
  }
}

async function* rowsOfAll(copies: AsyncIterable<AsyncIterable<Buffer>>, uri: string) {
  for await (const copy of copies) yield* rowsOf(copy, uri)
}
