/** What the errors of PostgreSQL and of the way to it mean. No message holds a password. */
import { TaskError, type TaskErrorName } from '#core/errors/errors.ts'
import type { Use } from '../connector.ts'
import type { Server } from './address.ts'

/** An error as the server reports it. Source: https://www.postgresql.org/docs/current/errcodes-appendix.html */
export interface ServerError extends Error {
  /** Five characters, or a code of the operating system. */
  readonly code?: string
  readonly detail?: string
}

/** Of what is wrong with values: a type that does not fit, or a constraint. */
export const isAboutRows = (error: unknown): error is TaskError & { readonly cause: ServerError } =>
  error instanceof TaskError && /^(22|23|P0)/.test((error.cause as ServerError | undefined)?.code ?? '')

const shownServer = ({ host, port }: Server) => `PostgreSQL at ${host}:${port}`

export function postgresqlError(error: unknown, server: Server, use: Use): TaskError {
  if (error instanceof TaskError) return error
  const { code = '', message, detail } = error as ServerError
  const made = (name: TaskErrorName, what: string, hint: string) => new TaskError(name, what, { cause: error, hint })
  const refused = use === 'read' ? 'Data.Unreadable' : 'Output.Unwritable'
  const at = shownServer(server)
  const unreachable = UNREACHABLE.get(code)
  if (unreachable !== undefined)
    return made('Transient.Unavailable', `${at} cannot be reached: ${unreachable}`, 'check host and port, and that the server is running')
  if (/does not support SSL/.test(message))
    return made(refused, `${at} does not encrypt connections`, 'turn on TLS there; sslmode: disable sends all in the clear')
  if (/certificate|altname|self.signed/i.test(`${code} ${message}`))
    return made(
      refused,
      `the certificate of ${at} is not trusted: ${message}`,
      'give the certificate of its authority with `ca`; sslmode: require does not check it',
    )
  if (/password must be a (non-empty )?string/.test(message))
    return made(
      refused,
      `${at} asks for a password, and there is none`,
      `set \`password: "\${secret.NAME}"\` of the connection, or PGPASSWORD`,
    )
  if (/timeout|Connection terminated|socket hang up|ended by the server/i.test(message) || LOST.has(code) || code.startsWith('08'))
    return made('Transient.Unavailable', `the connection to ${at} was lost: ${message}`, 'a retry may succeed; see the log of the server')
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
  const said = `${at}: ${message}${detail === undefined ? '' : ` (${detail})`}`
  return use === 'read'
    ? made('Data.Unreadable', said, 'check the table or query against the database; a query is one SELECT')
    : made('Output.Conflict', said, 'check the table against the rows; nothing was changed')
}

const UNREACHABLE: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ENOTFOUND', 'there is no such host'],
  ['EAI_AGAIN', 'the name of the host was not found'],
  ['EHOSTUNREACH', 'there is no way to the host'],
  ['ENETUNREACH', 'there is no way to the network'],
  ['ETIMEDOUT', 'it did not answer'],
])

/** The server or the network ended the connection. */
const LOST: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03', '57P05', 'ECONNRESET', 'EPIPE'])
