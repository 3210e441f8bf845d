/** PostgreSQL itself: a connection, statements, and COPY in both directions. No other file imports the client. */
import { isIP, Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { Client } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { isThisMachine } from '#core/text/address-parts.ts'
import type { Use } from '../connector.ts'
import type { Server } from '../servers/address.ts'
import { postgresqlError } from './errors.ts'

/** Every value as the server writes it. */
export type Row = readonly (string | null)[]

export interface ServerColumn {
  readonly name: string
  /** The number of its type. */
  readonly type: number
  /** Length or precision; -1: none. */
  readonly modifier: number
}

export interface Connection {
  readonly server: Server
  rows(sql: string): Promise<readonly Row[]>
  /** Runs statements; how many rows the last one changed. */
  run(sql: string): Promise<number>
  /** The columns of exactly one SELECT, which is not run. */
  columns(select: string): Promise<readonly ServerColumn[]>
  /** The bytes of COPY … TO STDOUT. */
  copyOut(sql: string): AsyncIterable<Buffer>
  /** The text of COPY … FROM STDIN. */
  copyIn(sql: string, lines: AsyncIterable<string>): Promise<void>
  /** What is not committed is rolled back. */
  close(): Promise<void>
}

const CONNECT_MS = 15_000

/** Values in one notation, whatever the server is set to: exact, in UTC, and a literal is what stands between its quotes. */
const SESSION =
  "SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC'; SET extra_float_digits = 1; SET bytea_output = 'hex'; SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; SET synchronize_seqscans = off; SET lock_timeout = '60s'; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"

function sslOf({ host, sslmode = isThisMachine(host) ? 'disable' : 'verify-full', ca }: Server) {
  if (sslmode === 'disable') return false
  // without a name, the certificate would be checked for `localhost`
  const own = { ...(ca === undefined ? {} : { ca }), ...(isIP(host) === 0 ? { servername: host } : { host }) }
  if (sslmode === 'require') return { ...own, rejectUnauthorized: false }
  return sslmode === 'verify-ca' ? { ...own, checkServerIdentity: () => undefined } : own
}

/** Transient.Unavailable when the server does not answer; Data.Unreadable or Output.Unwritable when it refuses. */
export async function connect(server: Server, use: Use): Promise<Connection> {
  const { host, port, database, user, password } = server
  const socket = new Socket()
  const client = new Client({
    ...{ host, port, database, ssl: sslOf(server), application_name: 'siftstep', connectionTimeoutMillis: CONNECT_MS, keepAlive: true },
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    stream: () => socket,
    types: { getTypeParser: () => (value: unknown) => value },
  })
  // an error between two statements is reported by the next one
  let lost: unknown
  client.on('error', (error) => {
    lost ??= error
  })
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      throw postgresqlError(lost ?? error, server, use)
    }
  }
  /** Copies that are not at their end: the server waits for us, and would not answer. */
  let open = 0
  try {
    await guarded(() => client.connect())
    await guarded(() => client.query(SESSION))
  } catch (error) {
    socket.destroy()
    throw error
  }
  return {
    server,
    rows: (text) => guarded(async () => (await client.query({ text, rowMode: 'array' })).rows as Row[]),
    run: (sql) =>
      guarded(async () => {
        // several statements have several results
        const results = [await client.query(sql)].flat()
        return results.at(-1)?.rowCount ?? 0
      }),
    columns: (select) =>
      guarded(async () => {
        const text = `SELECT * FROM (${select}\n) AS q LIMIT 0`
        const { fields } = await client.query({ text, rowMode: 'array', queryMode: 'extended' } as { text: string; rowMode: 'array' })
        return fields.map(({ name, dataTypeID, dataTypeModifier }) => ({ name, type: dataTypeID, modifier: dataTypeModifier }))
      }),
    copyOut: (sql) => {
      open++
      const stream = client.query(copyTo(sql))
      const end = () => stream.destroy(lost instanceof Error ? lost : new Error('Connection terminated'))
      client.once('end', end)
      // who iterates gets the error
      stream.on('error', () => {})
      return (async function* () {
        try {
          yield* stream as AsyncIterable<Buffer>
          open--
        } catch (error) {
          throw postgresqlError(lost ?? error, server, use)
        } finally {
          client.off('end', end)
        }
      })()
    },
    copyIn: (sql, lines) =>
      guarded(async () => {
        open++
        const stream = client.query(copyFrom(sql))
        const end = () => stream.destroy(lost instanceof Error ? lost : new Error('Connection terminated'))
        client.once('end', end)
        try {
          await pipeline(lines, stream)
          open--
        } finally {
          client.off('end', end)
        }
      }),
    close: async () => {
      if (open > 0 || lost !== undefined) socket.destroy()
      else await client.end().catch(() => socket.destroy())
    },
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
