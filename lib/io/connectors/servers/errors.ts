/** What the errors of servers and of the way to them mean, whatever the kind of server. No message holds a password. */
import { TaskError, type TaskErrorName } from '#core/errors/errors.ts'
import type { Use } from '../connector.ts'
import type { Server, ServerKind } from './address.ts'

const shownServer = ({ title }: ServerKind, { host, port }: Server) => `${title} at ${host}:${port}`

/** An error of a server, in our words. */
export interface Reported {
  /** `PostgreSQL at host:5432`. */
  readonly at: string
  readonly made: (name: TaskErrorName, what: string, hint: string) => TaskError
  /** For what the server does not allow. */
  readonly refused: TaskErrorName
}

export const reported = (error: unknown, kind: ServerKind, server: Server, use: Use): Reported => ({
  at: shownServer(kind, server),
  made: (name, what, hint) => new TaskError(name, what, { cause: error, hint }),
  refused: use === 'read' ? 'Data.Unreadable' : 'Output.Unwritable',
})

/** A server that cannot be reached, by the code of the operating system; undefined for other errors. */
export function unreachable(code: string, { at, made }: Reported): TaskError | undefined {
  const why = UNREACHABLE.get(code)
  if (why === undefined) return undefined
  return made('Transient.Unavailable', `${at} cannot be reached: ${why}`, 'check host and port, and that the server is running')
}

export const notEncrypted = ({ at, made, refused }: Reported) =>
  made(refused, `${at} does not encrypt connections`, 'turn on TLS there; sslmode: disable sends all in the clear')

export const notTrusted = ({ at, made, refused }: Reported, message: string) =>
  made(
    refused,
    `the certificate of ${at} is not trusted: ${message}`,
    'give the certificate of its authority with `ca`; sslmode: require does not check it',
  )

export const lost = ({ at, made }: Reported, message: string) =>
  made('Transient.Unavailable', `the connection to ${at} was lost: ${message}`, 'a retry may succeed; see the log of the server')

/** What is wrong with a statement, in the words of the server. */
export const wrong = ({ at, made }: Reported, message: string, use: Use) =>
  use === 'read'
    ? made('Data.Unreadable', `${at}: ${message}`, 'check the table or query against the database; a query is one SELECT')
    : made('Output.Conflict', `${at}: ${message}`, 'check the table against the rows; nothing was changed')

const UNREACHABLE: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ENOTFOUND', 'there is no such host'],
  ['EAI_AGAIN', 'the name of the host was not found'],
  ['EHOSTUNREACH', 'there is no way to the host'],
  ['ENETUNREACH', 'there is no way to the network'],
  ['ETIMEDOUT', 'it did not answer'],
])
