/** What an address of SQLite means: a file, and a table in it. */
import { createHash } from 'node:crypto'
import { TaskError } from '#core/errors/errors.ts'

export interface TableAddress {
  /** As it was given. */
  readonly uri: string
  /** The path of the database. */
  readonly path: string
  readonly table: string
}

/** Endings by which a path is a database, and so names no table yet. */
const DATABASE = /\.(db|db3|sqlite|sqlite3)$/i

/** `sqlite://path/to.db/table`: what is behind the last slash is the table. Definition.InvalidSetting for what names no table. */
export function tableAddress(uri: string): TableAddress {
  const [, path = '', table = ''] = /^sqlite:\/\/(.+)\/([^/]+)$/is.exec(uri) ?? []
  if (path !== '' && !DATABASE.test(table)) return { uri, path, table: decoded(table) }
  throw new TaskError('Definition.InvalidSetting', `${uri} names no table`, {
    hint: 'write sqlite://path/to.db/table; an absolute path has three slashes: sqlite:///data/shop.db/orders',
  })
}

/** The address of a table. In its name `%`, `/` and the point of an ending that databases have are encoded. */
export const tableUri = (path: string, table: string) => `sqlite://${path}/${table.replace(ENCODED, encoded)}`

const ENCODED = /%|\/|\.(?=(?:db|db3|sqlite|sqlite3)$)/gi

const encoded = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

/** The address of the rows of a query: enough of its hash to be unique. */
export const queryUri = (path: string, query: string) =>
  tableUri(path, `query-${createHash('sha256').update(query).digest('hex').slice(0, 8)}`)

/** Only what `tableUri` encodes is decoded, so that a table called `50%` can be written as it is. */
const decoded = (table: string) => table.replace(/%(2F|25|2E)/gi, (code) => decodeURIComponent(code))
