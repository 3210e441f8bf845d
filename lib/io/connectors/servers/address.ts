/** What an address of a database server means: the server, a database, and a table or a query in it. The same for every kind of server. */
import { createHash } from 'node:crypto'
import { TaskError } from '#core/errors/errors.ts'
import { percentDecoded } from '#core/text/address-parts.ts'
import type { AddressProblem, Options } from '../connector.ts'
import { secretName } from '../options.ts'

export const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof SSL_MODES)[number]

/** What differs between the addresses of kinds of servers. */
export interface ServerKind {
  /** As messages name it. */
  readonly title: string
  readonly scheme: string
  /** Other schemes its addresses may start with. */
  readonly aliases: readonly string[]
  readonly port: number
  /** What lineage names its servers by. */
  readonly namespace: string
  /** The form of a table's name in an address, such as `schema.table`. */
  readonly table: string
}

export interface Server {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly sslmode?: SslMode | undefined
  /** The certificates of the authority, as PEM text. */
  readonly ca?: string | undefined
}

export interface TableName {
  /** Absent: where the server looks for a table of that name. */
  readonly schema?: string | undefined
  readonly table: string
}

export interface Place {
  /** Without user and password. */
  readonly uri: string
  readonly server: Server
  /** Absent: the only table of the database. */
  readonly name?: TableName | undefined
  readonly query?: string | undefined
}

const formOf = ({ scheme, port, table }: ServerKind) => `write ${scheme}://host:${port}/database/${table}`

/** What is read or written, from an address and the settings of the connection. Definition.InvalidSetting for what is no such place. */
export function placeOf(kind: ServerKind, uri: string, options: Options): Place {
  const { server, path, query } = parsed(kind, uri)
  const own = { ...server, ...sslOf(options) }
  const given = typeof options['query'] === 'string' ? options['query'] : query
  const name = given !== undefined || path === '' ? undefined : nameInPath(kind, path, uri)
  return { uri, server: serverOf(kind, options) ?? own, name, query: given }
}

/** The server that the settings of a connection name; undefined where an address stands for itself. */
function serverOf(kind: ServerKind, options: Options): Server | undefined {
  const { url, host } = options
  if (typeof url === 'string') return { ...parsed(kind, url, 'the address in `url`').server, ...sslOf(options) }
  if (typeof host !== 'string') return undefined
  const { port, database, user, password } = options
  return {
    host,
    port: Number(port ?? kind.port),
    database: String(database),
    ...(typeof user === 'string' ? { user } : {}),
    ...(typeof password === 'string' ? { password } : {}),
    ...sslOf(options),
  }
}

const sslOf = ({ sslmode, ca }: Options) => ({
  ...(typeof sslmode === 'string' ? { sslmode: sslmode as SslMode } : {}),
  ...(typeof ca === 'string' ? { ca } : {}),
})

interface Parsed {
  readonly server: Server
  /** Behind the database, still encoded; '' where there is nothing. */
  readonly path: string
  readonly query?: string | undefined
}

/** `said` stands for an address that may not be shown. */
function parsed(kind: ServerKind, uri: string, said?: string): Parsed {
  const shown = said ?? withoutPassword(uri)
  const form = formOf(kind)
  const wrong = (why: string, hint = form) => new TaskError('Definition.InvalidSetting', `${shown} ${why}`, { hint })
  const scheme = uri.split('://', 1)[0]?.toLowerCase() ?? ''
  if (![kind.scheme, ...kind.aliases].includes(scheme) || !URL.canParse(uri))
    throw wrong(`is no address of ${kind.title}`, `${form}; in a user or password write %40 for @, %3A for : and %2F for /`)
  const { hostname, port, pathname, username, password, searchParams } = new URL(uri)
  const [database = '', ...path] = pathname.slice(1).split('/')
  if (hostname === '') throw wrong('names no host')
  if (database === '') throw wrong('names no database')
  const unknown = [...searchParams.keys()].find((key) => key !== 'sslmode' && key !== 'query')
  if (unknown !== undefined) throw wrong(`has the unknown parameter ${unknown}`, 'allowed: sslmode, query')
  const sslmode = searchParams.get('sslmode')
  if (sslmode !== null && !isSslMode(sslmode)) throw wrong(`has the sslmode ${sslmode}`, `allowed: ${SSL_MODES.join(', ')}`)
  if (password !== '' && said === undefined)
    throw wrong(
      'holds a password, which would be visible in the state machine and in the files of every run',
      `use a connection: {type: ${kind.scheme}, host: …, database: …, password: "\${secret.NAME}"}`,
    )
  return {
    server: {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? kind.port : Number(port),
      database: percentDecoded(database),
      ...(username === '' ? {} : { user: percentDecoded(username) }),
      ...(password === '' ? {} : { password: percentDecoded(password) }),
      ...(sslmode === null ? {} : { sslmode }),
    },
    path: path.join('/'),
    query: searchParams.get('query') ?? undefined,
  }
}

const isSslMode = (word: string): word is SslMode => (SSL_MODES as readonly string[]).includes(word)

/** An address for messages. */
const withoutPassword = (uri: string) => uri.replace(/^(\w+:\/\/[^:/@]*):.*@/s, '$1:…@')

/** Why an address cannot be used, before anything is read; undefined for one that can. */
export function addressProblem(kind: ServerKind, uri: string): AddressProblem | undefined {
  try {
    const { path } = parsed(kind, uri)
    if (path !== '') nameInPath(kind, path, uri)
    return undefined
  } catch (error) {
    if (!(error instanceof TaskError)) throw error
    return { what: error.message, hint: error.hint ?? formOf(kind), secret: withoutPassword(uri) !== uri }
  }
}

function nameInPath(kind: ServerKind, path: string, uri: string): TableName {
  const [first = '', second, ...more] = path.split('.').map(percentDecoded)
  if (first === '' || second === '' || more.length > 0 || path.includes('/'))
    throw new TaskError('Definition.InvalidSetting', `${withoutPassword(uri)} names no table`, {
      hint: `${formOf(kind)}; in a name write %2E for a point and %2F for a slash`,
    })
  return second === undefined ? { table: first } : { schema: first, table: second }
}

/** `orders`, `sales.orders`, or names in double quotes as in SQL. */
function nameOf(setting: string): TableName {
  const parts = [...setting.matchAll(/"((?:[^"]|"")+)"|([^."]+)/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
  const [first = setting, second] = parts
  if (parts.length > 2 || first === '')
    throw new TaskError('Definition.InvalidSetting', `${setting} is no name of a table`, {
      hint: 'write table, schema.table, or names in double quotes: "odd.name"',
    })
  return second === undefined ? { table: first } : { schema: first, table: second }
}

const encoded = (text: string) => encodeURIComponent(text).replaceAll('.', '%2E')

const pathOf = ({ schema, table }: TableName) => (schema === undefined ? encoded(table) : `${encoded(schema)}.${encoded(table)}`)

const serverUri = ({ scheme }: ServerKind, { host, port, database }: Server) =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/${encodeURIComponent(database)}`

/** Host and port, without a user, and what is there: what lineage names. */
export function datasetOf(kind: ServerKind, uri: string): { readonly namespace: string; readonly name: string } {
  const { server, name, query } = placeOf(kind, uri, {})
  const table = query === undefined ? [name?.schema, name?.table].filter((part) => part !== undefined).join('.') : 'query'
  const { host, port, database } = server
  return { namespace: `${kind.namespace}://${host}:${port}`, name: [database, ...(table === '' ? [] : [table])].join('.') }
}

/** The address of a table that a connection reaches: also before the secret with its server is known. */
export function connectionUri(kind: ServerKind, settings: Options, { table, query }: Options): string {
  const server = serverOf(kind, settings)
  const start = server === undefined ? `${kind.scheme}://${secretName(settings['url'])}/database` : serverUri(kind, server)
  if (typeof query === 'string') return `${start}/query-${createHash('sha256').update(query).digest('hex').slice(0, 8)}`
  return typeof table === 'string' ? `${start}/${pathOf(nameOf(table))}` : start
}

/** The settings of a connection to the server of an address, with its password, and the table or query there. */
export function connectionAt(kind: ServerKind, uri: string): { readonly connection: Options; readonly at: Options } {
  const { server, path, query } = parsed(kind, uri, withoutPassword(uri))
  const { host, port, database, user, password, sslmode } = server
  const { schema, table } = path === '' ? { schema: undefined, table: undefined } : nameInPath(kind, path, uri)
  const name = [schema, table].filter((part) => part !== undefined).map(quoted)
  return {
    connection: {
      host,
      port,
      database,
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
      ...(sslmode === undefined ? {} : { sslmode }),
    },
    at: query !== undefined ? { query } : name.length > 0 ? { table: name.join('.') } : {},
  }
}

/** A name as `nameOf` reads it. */
const quoted = (name: string) => (/[".]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)

/** The address of a table on the server of a place. */
export const tableUri = ({ uri }: Place, name: TableName) => {
  const [, start = uri, search = ''] = /^(\w+:\/\/[^/]+\/[^/?]+)[^?]*(\?.*)?$/s.exec(uri) ?? []
  return `${start}/${pathOf(name)}${search}`
}
