/** MySQL itself: a connection, statements, and rows as they come. No other file imports the client. */
import { isIP } from 'node:net'
import { userInfo } from 'node:os'
import { type Connection as Client, createConnection, type FieldPacket, type ResultSetHeader } from 'mysql2'
import { TaskError } from '#core/errors/errors.ts'
import { isThisMachine } from '#core/text/address-parts.ts'
import type { Use } from '../connector.ts'
import type { Server } from '../servers/address.ts'
import { mysqlError } from './errors.ts'

/** Every value as the server writes it. */
export type Row = readonly (string | null)[]
export type Bytes = readonly (Buffer | null)[]

export interface ServerColumn {
  readonly name: string
  /** The number of its type. */
  readonly type: number
  readonly flags: number
  /** That of its values; 63: bytes. */
  readonly charset: number
  /** How many signs of it are shown, at most. */
  readonly length: number
  /** Digits behind the point; 31: as many as there are. */
  readonly scale: number
}

export interface Connection {
  readonly server: Server
  rows(sql: string): Promise<readonly Row[]>
  /** Runs one statement; how many rows it changed. */
  run(sql: string): Promise<number>
  /** The columns of exactly one SELECT, which is not run. */
  columns(select: string): Promise<readonly ServerColumn[]>
  /** The rows of a SELECT, some at a time: the server waits while they are worked on. */
  batches(select: string): AsyncIterable<readonly Bytes[]>
  /** What is not committed is rolled back. */
  close(): Promise<void>
}

const CONNECT_MS = 15_000

/**
 * The same meaning of every statement, whatever the server is set to: nothing is cut off or rounded to fit, 0 is 0, times are in UTC, a
 * server waits while we are slow.
 */
const SESSION = [
  'SET NAMES utf8mb4',
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00', autocommit = 1, sql_safe_updates = 0, sql_select_limit = DEFAULT, foreign_key_checks = 1, unique_checks = 1, lock_wait_timeout = 60, innodb_lock_wait_timeout = 60, net_write_timeout = 86400, net_read_timeout = 86400, wait_timeout = 86400",
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
]

function sslOf(server: Server) {
  const { host, sslmode = isThisMachine(host) ? 'disable' : 'verify-full', ca } = server
  if (sslmode === 'disable') return undefined
  if (sslmode === 'verify-full' && isIP(host) !== 0)
    throw new TaskError('Definition.InvalidSetting', `the certificate of ${host} cannot be verified: MySQL servers are verified by name`, {
      hint: 'give the name of the host that stands in its certificate; sslmode: verify-ca checks the authority only',
    })
  return { ...(ca === undefined ? {} : { ca }), rejectUnauthorized: sslmode !== 'require', verifyIdentity: sslmode === 'verify-full' }
}

/** Rows and bytes that are handed over at a time, at most. */
const BLOCK_ROWS = 4096
const BLOCK_BYTES = 4_000_000

/** Transient.Unavailable when the server does not answer; Data.Unreadable or Output.Unwritable when it refuses. */
async function connect(server: Server, use: Use): Promise<Connection> {
  const { host, port, database, user = userInfo().username, password } = server
  const ssl = sslOf(server)
  const client = createConnection({
    ...{ host, port, database, user, connectTimeout: CONNECT_MS, charset: 'UTF8MB4_GENERAL_CI', flags: ['-LOCAL_FILES', '-FOUND_ROWS'] },
    ...{ rowsAsArray: true, typeCast: false, supportBigNumbers: true, bigNumberStrings: true, dateStrings: true, timezone: 'Z' },
    ...{ multipleStatements: false, trace: false },
    ...(password === undefined ? {} : { password }),
    ...(ssl === undefined ? {} : { ssl }),
  })
  // an error between two statements is reported by the next one
  let lost: unknown
  client.on('error', (error) => {
    lost ??= error
  })
  const failure = (error: unknown) => mysqlError(lost ?? error, server, use)
  const asked = <Result>(sql: string) =>
    new Promise<{ readonly result: Result; readonly fields: readonly FieldPacket[] }>((done, fail) => {
      client.query({ sql, rowsAsArray: true, typeCast: false }, (error, result, fields) => {
        if (error === null) done({ result: result as Result, fields: fields ?? [] })
        else fail(failure(error))
      })
    })
  const run = async (sql: string) => (await asked<ResultSetHeader>(sql)).result.affectedRows
  /** Rows that the server is sending: it would not answer. */
  let open = 0
  try {
    await new Promise<void>((done, fail) => client.connect((error) => (error === null ? done() : fail(failure(error)))))
    for (const statement of SESSION) await run(statement)
  } catch (error) {
    client.destroy()
    throw error
  }
  return {
    server,
    rows: async (sql) => (await asked<Bytes[]>(sql)).result.map((row) => row.map((cell) => (cell === null ? null : cell.toString('utf8')))),
    run,
    columns: async (select) => (await asked(`SELECT * FROM (${select}\n) AS q LIMIT 0`)).fields.map(columnOf),
    batches: async function* (select) {
      open++
      for await (const batch of blocks(client, select, failure)) yield batch
      open--
    },
    close: async () => {
      if (open > 0 || lost !== undefined) client.destroy()
      else await new Promise<void>((done) => client.end(() => done()))
    },
  }
}

function columnOf(field: FieldPacket): ServerColumn {
  const {
    name,
    columnType = 0,
    characterSet = 0,
    columnLength = 0,
    decimals = 0,
  } = field as FieldPacket & {
    readonly columnType?: number
    readonly characterSet?: number
    readonly columnLength?: number
  }
  return { name, type: columnType, flags: Number(field.flags), charset: characterSet, length: columnLength, scale: decimals }
}

async function* blocks(client: Client, sql: string, failure: (error: unknown) => Error): AsyncIterable<readonly Bytes[]> {
  const query = client.query({ sql, rowsAsArray: true, typeCast: false })
  let block: Bytes[] = []
  let bytes = 0
  let over: { readonly error?: unknown } | undefined
  let wake = () => {}
  const changed = () => new Promise<void>((resolve) => (wake = resolve))
  const end = (error?: unknown) => {
    over ??= error === undefined ? {} : { error }
    wake()
  }
  query.on('result', (row: unknown) => {
    block.push(row as Bytes)
    for (const cell of row as Bytes) bytes += cell?.length ?? 0
    if (block.length < BLOCK_ROWS && bytes < BLOCK_BYTES) return
    client.pause()
    wake()
  })
  query.on('error', end)
  query.on('end', () => end())
  const closed = () => end(Object.assign(new Error('the server ended it'), { code: 'PROTOCOL_CONNECTION_LOST' }))
  client.on('end', closed)
  client.on('error', end)
  try {
    while (true) {
      while (over === undefined && block.length < BLOCK_ROWS && bytes < BLOCK_BYTES) await changed()
      const full = block
      block = []
      bytes = 0
      if (over?.error !== undefined) throw failure(over.error)
      if (full.length > 0) yield full
      if (over !== undefined && block.length === 0) return
      client.resume()
    }
  } finally {
    client.off('end', closed)
    client.off('error', end)
  }
}

/** Does the work with a connection that is closed afterwards. */
export async function connected<Result>(server: Server, use: Use, work: (connection: Connection) => Promise<Result>): Promise<Result> {
  const connection = await connect(server, use)
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}
