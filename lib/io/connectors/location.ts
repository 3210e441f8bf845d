/** Where a source or target is, as a setting says it: an address, or a connection and what of it. */
import type { Json } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { ConnectorKind, Options } from './connector.ts'
import { CONNECTORS } from './index.ts'

/** A connection with what is read or written there; the compiler puts its settings, with their `type`, in place of its name. */
export interface AtConnection {
  readonly connection: string | Options
  readonly [name: string]: Json
}

interface Location {
  readonly uri: string
  /** What the address does not say: the settings of the connection, a query. */
  readonly options: Options
  /** How its data is read, as for a file. */
  readonly read: Options
}

/** Kinds a connection can be of, by the name its `type` has. */
export const CONNECTION_TYPES: ReadonlyMap<string, NonNullable<ConnectorKind['connection']>> = new Map(
  CONNECTORS.flatMap(({ scheme, connection }) => (connection === undefined ? [] : [[scheme, connection] as const])),
)

export function locationOf(setting: string | AtConnection): Location {
  if (typeof setting === 'string') return { uri: setting, options: {}, read: {} }
  const { connection, ...at } = setting
  const { type = '', ...settings } = typeof connection === 'string' ? {} : connection
  const kind = CONNECTION_TYPES.get(String(type))
  if (kind === undefined) throw new TaskError('Engine.Bug', `the connection ${JSON.stringify(connection)} was not compiled`)
  const given = Object.fromEntries(Object.entries(at).filter(([, value]) => value !== undefined)) as Options
  const read = Object.fromEntries(Object.entries(given).filter(([name]) => kind.reading?.includes(name)))
  return { uri: kind.address(settings, given), options: { ...settings, ...given }, read }
}
