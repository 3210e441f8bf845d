/** Connections: declared once under a name, and put into the settings of the steps that use them. */
import { TaskError } from '#core/errors/errors.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { secretReference } from '#core/secrets/secrets.ts'
import { nearest } from '#core/text/nearest.ts'
import {
  type AddressUse,
  addressProblem,
  CONNECTION_TYPES,
  type ConnectionType,
  connectionTypeOf,
  namesConnection,
  type Use,
} from '#steps/kind/addresses.ts'
import { passwordPlace } from './address-password.ts'
import { isMapping } from './build-values.ts'
import { type CheckContext, checkShape, replaceAt } from './check-shape.ts'
import { checkPlain } from './compile-value.ts'
import { reportLiteral } from './literal-secrets.ts'
import { type Path, pathText, report } from './parse-context.ts'
import { compileSecret } from './secrets.ts'
import { connection } from './schema.ts'

/** The settings by name, their `type` among them; undefined for a connection that is not as it must be. */
export type Connections = ReadonlyMap<string, JsonObject | undefined>

export function readConnections(tree: Json | undefined, context: CheckContext): Connections {
  if (!isMapping(tree)) return new Map()
  return new Map(Object.entries(tree).map(([name, given]) => [name, readConnection(given, ['connections', name], context)]))
}

function readConnection(given: Json, path: Path, context: CheckContext): JsonObject | undefined {
  if (!isMapping(given) || !connection.safeParse(given).success) return undefined
  const { type, ...rest } = given
  const kind = CONNECTION_TYPES.get(String(type))
  if (kind === undefined) {
    const types = [...CONNECTION_TYPES.keys()]
    const meant = nearest(String(type), types)
    report(context, 'unknown-connection-type', [...path, 'type'], {
      what: `there is no connection type \`${String(type)}\``,
      hint: `${meant === undefined ? '' : `did you mean \`${meant}\`? `}allowed: ${types.join(', ')}`,
    })
    return undefined
  }
  const settings = checkShape(kind.settings, rest, path, { subject: `a ${String(type)} connection`, keys: 'setting' }, context)
  if (settings === undefined) return undefined
  const compiled = Object.entries(settings as JsonObject).flatMap(([key, value]) => {
    const place = [...path, key]
    const password = context.substituted.passwords.get(pathText(place))
    if (password !== undefined && typeof value === 'string') {
      const server = serverAt(value, place, password, kind, context)
      return Object.entries(server?.connection ?? {})
    }
    if (kind.secrets.includes(key)) return [[key, compileSecret(place, context)] as const]
    if (typeof value === 'string') checkPlain(value, place, 'a connection', context)
    return [[key, value] as const]
  })
  return Object.fromEntries([['type', String(type)] as const, ...compiled])
}

/** The settings of a step with each connection in place of its name. `pathOf` says where a setting is written. */
export function withConnections(
  settings: JsonObject,
  uses: readonly AddressUse[],
  pathOf: (key: string) => Path,
  connections: Connections,
  context: CheckContext,
): JsonObject {
  return uses.reduce<JsonObject>((all, { path, use }) => {
    const [key = '', ...below] = path
    const place = [...pathOf(String(key)), ...path]
    return replaceAt(all, [key, ...below], (value) => {
      if (typeof value === 'string') {
        const password = context.substituted.passwords.get(pathText(place))
        if (password !== undefined) return atServer({ connection: value }, place, place, use, context) ?? value
        checkAddress(value, place, context)
        return value
      }
      if (!namesConnection(value)) return value
      if (value.connection.includes('://')) return atServer(value, [...place, 'connection'], place, use, context) ?? value
      const found = connections.get(value.connection)
      if (found === undefined) {
        if (!connections.has(value.connection)) reportUnknown(value.connection, [...place, 'connection'], connections, context)
        return value
      }
      const { connection: _, ...rest } = value
      const kind = CONNECTION_TYPES.get(String(found['type']))
      if (kind !== undefined) checkUse(kind, use, rest, value.connection, place, context)
      return { ...value, connection: found }
    }) as JsonObject
  }, settings)
}

function checkUse(kind: ConnectionType, use: Use, rest: JsonObject, name: string, place: Path, context: CheckContext): void {
  const about = { subject: `a ${use === 'read' ? 'source' : 'target'} of ${name}`, keys: 'setting' } as const
  checkShape(use === 'read' ? kind.source : kind.target, rest, place, about, context)
}

/** A source or target at a server that an address names, in place of a connection with a name; undefined if it is reported. */
function atServer(
  { connection: uri, ...rest }: JsonObject & { readonly connection: string },
  addressPlace: Path,
  place: Path,
  use: Use,
  context: CheckContext,
): JsonObject | undefined {
  const within = passwordPlace(uri)
  const password = context.substituted.passwords.get(pathText(addressPlace))
  const shown = within === undefined ? uri : `${uri.slice(0, within[0])}…${uri.slice(within[1])}`
  const type = connectionTypeOf(uri)
  const kind = CONNECTION_TYPES.get(type ?? '')
  if (type === undefined || kind?.fromAddress === undefined) {
    const types = [...CONNECTION_TYPES].flatMap(([name, one]) => (one.fromAddress === undefined ? [] : [`${name}://`]))
    report(context, 'unknown-connection-type', addressPlace, {
      what: `${shown} is no address of a server that can be a connection`,
      hint: `allowed: ${types.join(', ')}; or declare a connection of another type and give its name: ${[...CONNECTION_TYPES.keys()].join(', ')}`,
    })
    return undefined
  }
  if (within !== undefined && password === undefined) {
    checkAddress(uri, addressPlace, context)
    return undefined
  }
  const server = serverAt(uri, addressPlace, password, kind, context)
  if (server === undefined) return undefined
  const twice = Object.keys(server.at).find((key) => Object.hasOwn(rest, key))
  if (twice !== undefined) {
    report(context, 'invalid-value', [...place, twice], {
      what: `the address names a ${twice} already`,
      hint: 'keep one of them',
    })
    return undefined
  }
  const at = { ...server.at, ...rest }
  checkUse(kind, use, at, shown, place, context)
  return { ...at, connection: { type, ...server.connection } }
}

/** What an address says of a server, its password a reference if it is a secret. */
function serverAt(uri: string, place: Path, password: string | undefined, kind: ConnectionType, context: CheckContext) {
  try {
    const server = kind.fromAddress?.(uri)
    if (server === undefined || password === undefined) return server
    const settings = Object.entries(server.connection).map(([key, value]) =>
      kind.secrets.includes(key) ? [key, secretReference(password)] : [key, value],
    )
    return { ...server, connection: Object.fromEntries(settings) as JsonObject }
  } catch (error) {
    if (!(error instanceof TaskError)) throw error
    report(context, 'invalid-value', place, { what: error.message, hint: error.hint ?? 'correct the address' })
    return undefined
  }
}

function checkAddress(uri: string, path: Path, context: CheckContext): void {
  const { secret = false, ...problem } = addressProblem(uri) ?? {}
  if (!('what' in problem)) return
  const password = secret ? passwordPlace(uri) : undefined
  if (password !== undefined) reportLiteral(path, problem, password, context)
  else report(context, secret ? 'secret-in-the-open' : 'invalid-value', path, problem)
}

function reportUnknown(name: string, path: Path, connections: Connections, context: CheckContext): void {
  const names = [...connections.keys()]
  const meant = nearest(name, names)
  report(context, 'unknown-connection', path, {
    what: `there is no connection \`${name}\``,
    hint:
      names.length === 0
        ? `declare it: \`connections: {${name}: {type: sqlite, path: data/shop.db}}\``
        : `${meant === undefined ? '' : `did you mean \`${meant}\`? `}declared: ${names.join(', ')}`,
  })
}
