/** What the errors of MySQL mean. No message holds a password. */
import { TaskError } from '#core/errors/errors.ts'
import type { Use } from '../connector.ts'
import type { Server } from '../servers/address.ts'
import { lost, notEncrypted, notTrusted, reported, unreachable, wrong } from '../servers/errors.ts'
import { MYSQL } from './kind.ts'

/** An error as the server reports it. Source: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
interface ServerError extends Error {
  /** A name, or a code of the operating system. */
  readonly code?: string
  readonly errno?: number
  readonly sqlState?: string
}

/**
 * Errors about values that have no state of their own: truncated, wrong value for the type, a check that failed (MySQL, MariaDB), no
 * default, a generated column.
 */
const ABOUT_ROWS: ReadonlySet<number> = new Set([1265, 1366, 3819, 4025, 1364, 1906, 3105, 1526])

/** What is wrong with a row: a type that does not fit, or a constraint. */
export function refusedRow(error: unknown): string | undefined {
  if (!(error instanceof TaskError)) return undefined
  const { errno = 0, sqlState = '', message } = (error.cause ?? {}) as ServerError
  return /^(22|23|45)/.test(sqlState) || ABOUT_ROWS.has(errno) ? message : undefined
}

export function mysqlError(error: unknown, server: Server, use: Use): TaskError {
  if (error instanceof TaskError) return error
  const { code = '', errno = 0, message } = error as ServerError
  const said = reported(error, MYSQL, server, use)
  const { at, made, refused } = said
  const absent = message === 'connect ETIMEDOUT' ? unreachable('ETIMEDOUT', said) : unreachable(code, said)
  if (absent !== undefined) return absent
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return notEncrypted(said)
  if (code === 'HANDSHAKE_SSL_ERROR' || TLS.test(code)) return notTrusted(said, message)
  if (LOST.has(code) || LOST_NUMBERS.has(errno)) return lost(said, message)
  switch (errno) {
    case 1045:
    case 1698:
      return message.includes('using password: NO')
        ? made(
            refused,
            `${at} refuses the login, and there is no password: ${message}`,
            `set \`password: "\${secret.NAME}"\` of the connection`,
          )
        : made(refused, `${at} refuses the login: ${message}`, 'check user and password, and the hosts the user may come from')
    case 1049:
      return made(use === 'read' ? 'Data.NoSources' : refused, `${at}: ${message}`, 'check the name of the database')
    case 1044:
    case 1142:
    case 1143:
    case 1227:
    case 1370:
      return made(refused, `${at}: ${message}`, use === 'read' ? 'grant the user the right to read' : RIGHTS)
    case 1040:
    case 1203:
    case 1226:
      return made('Transient.Throttled', `${at} has no free connection: ${message}`, 'raise max_connections, or run less at a time')
    case 1021:
    case 1114:
      return made('Output.NoSpace', `${at}: ${message}`, 'make room on the disk of the server')
    case 1205:
      return made('Transient.Unavailable', `${at}: another process holds a lock: ${message}`, 'wait until it has finished writing')
    case 1213:
      return made('Transient.Unavailable', `${at}: ${message}`, 'another process was writing; a retry may succeed')
    case 1153:
      return made(refused, `${at}: ${message}`, 'a row is larger than max_allowed_packet of the server: raise it')
    case 1412:
      return made('Data.SourceChanged', `${at}: the table was changed while it was read: ${message}`, 'run again when it has its new form')
  }
  return wrong(said, message, use)
}

const RIGHTS = 'grant the user the right to write: SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, CREATE TEMPORARY TABLES'

/** Codes of the TLS library of Node. */
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/

/** The server or the network ended the connection. */
const LOST: ReadonlySet<string> = new Set(['PROTOCOL_CONNECTION_LOST', 'PROTOCOL_SEQUENCE_TIMEOUT', 'ECONNRESET', 'EPIPE'])
/** Shut down, killed, interrupted, inactive. */
const LOST_NUMBERS: ReadonlySet<number> = new Set([1053, 1077, 1079, 1317, 1927, 4031, 1159, 1161])
