/** Connections: declared once under a name, and put into the settings of the steps that use them. */
import type { Json, JsonObject } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import { type AddressUse, addressProblem, CONNECTION_TYPES, namesConnection } from '#steps/kind/addresses.ts'
import { isMapping } from './build-values.ts'
import { type CheckContext, checkShape, replaceAt } from './check-shape.ts'
import { checkPlain } from './compile-value.ts'
import { type Path, report } from './parse-context.ts'
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
  const compiled = Object.entries(settings as JsonObject).map(([key, value]) => {
    if (kind.secrets.includes(key)) return [key, compileSecret([...path, key], context)] as const
    if (typeof value === 'string') checkPlain(value, [...path, key], 'a connection', context)
    return [key, value] as const
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
      if (!namesConnection(value)) {
        if (typeof value === 'string') checkAddress(value, place, context)
        return value
      }
      const found = connections.get(value.connection)
      if (found === undefined) {
        if (!connections.has(value.connection)) reportUnknown(value.connection, [...place, 'connection'], connections, context)
        return value
      }
      const { connection: _, ...rest } = value
      const kind = CONNECTION_TYPES.get(String(found['type']))
      const about = { subject: `a ${use === 'read' ? 'source' : 'target'} of ${value.connection}`, keys: 'setting' } as const
      if (kind !== undefined) checkShape(use === 'read' ? kind.source : kind.target, rest, place, about, context)
      return { ...value, connection: found }
    }) as JsonObject
  }, settings)
}

function checkAddress(uri: string, path: Path, context: CheckContext): void {
  const { secret = false, ...problem } = addressProblem(uri) ?? {}
  if ('what' in problem) report(context, secret ? 'secret-in-the-open' : 'invalid-value', path, problem)
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
