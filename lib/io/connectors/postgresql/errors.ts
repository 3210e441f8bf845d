/** What the errors of PostgreSQL mean. No message holds a password. */
import { TaskError } from '#core/errors/errors.ts'
import type { Use } from '../connector.ts'
import type { Server } from '../servers/address.ts'
import { lost, notEncrypted, notTrusted, reported, unreachable, wrong } from '../servers/errors.ts'
import { POSTGRESQL } from './kind.ts'

/** An error as the server reports it. Source: https://www.postgresql.org/docs/current/errcodes-appendix.html */
interface ServerError extends Error {
  /** Five characters, or a code of the operating system. */
  readonly code?: string
  readonly detail?: string
}

/** What is wrong with a row: a type that does not fit, or a constraint. */
export function refusedRow(error: unknown): string | undefined {
  if (!(error instanceof TaskError)) return undefined
  const { code = '', message, detail } = (error.cause ?? {}) as ServerError
  return /^(22|23|P0)/.test(code) ? withDetail(message, detail) : undefined
}

const withDetail = (message: string, detail: string | undefined) => `${message}${detail === undefined ? '' : ` (${detail})`}`

export function postgresqlError(error: unknown, server: Server, use: Use): TaskError {
  if (error instanceof TaskError) return error
  const { code = '', message, detail } = error as ServerError
  const said = reported(error, POSTGRESQL, server, use)
  const { at, made, refused } = said
  const absent = unreachable(code, said)
  if (absent !== undefined) return absent
  if (/does not support SSL/.test(message)) return notEncrypted(said)
  if (/certificate|altname|self.signed/i.test(`${code} ${message}`)) return notTrusted(said, message)
  if (/password must be a (non-empty )?string/.test(message))
    return made(
      refused,
      `${at} asks for a password, and there is none`,
      `set \`password: "\${secret.NAME}"\` of the connection, or PGPASSWORD`,
    )
  if (/timeout|Connection terminated|socket hang up|ended by the server/i.test(message) || LOST.has(code) || code.startsWith('08'))
    return lost(said, message)
  switch (code) {
    case '28P01':
    case '28000':
      return made(refused, `${at} refuses the login: ${message}`, 'check user and password, and pg_hba.conf of the server')
    case '3D000':
      return made(use === 'read' ? 'Data.NoSources' : refused, `${at}: ${message}`, 'check the name of the database')
    case '42501':
      return made(refused, `${at}: ${message}`, `grant the user the right to ${use}`)
    case '53300':
      return made('Transient.Throttled', `${at} has no free connection: ${message}`, 'raise max_connections, or lower pool_size')
    case '53100':
      return made('Output.NoSpace', `${at}: ${message}`, 'make room on the disk of the server')
    case '55P03':
      return made('Transient.Unavailable', `${at}: another process holds a lock: ${message}`, 'wait until it has finished writing')
    case '40001':
    case '40P01':
      return made('Transient.Unavailable', `${at}: ${message}`, 'another process was writing; a retry may succeed')
  }
  return wrong(said, withDetail(message, detail), use)
}

/** The server or the network ended the connection. */
const LOST: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03', '57P05', 'ECONNRESET', 'EPIPE'])
