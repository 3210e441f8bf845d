/** Addresses in the settings of steps, for the compiler: which settings are some, and what a deployment must allow for them. */
import type { Json, JsonObject } from '#core/json.ts'
import { type CatalogTable, nameInCatalog } from '#io/catalog/table.ts'
import type { Access, AddressProblem, ConnectionKind, Use } from '#io/connectors/connector.ts'
import { connectorNamed } from '#io/connectors/index.ts'
import { type AtConnection, CONNECTION_TYPES, locationOf } from '#io/connectors/location.ts'

export type { Access, ConnectionKind as ConnectionType, Use }
export type { CatalogTable }
export { CONNECTION_TYPES, nameInCatalog }

/** A setting that is an address, or a connection with what of it is meant, and what the step does there. */
export interface AddressUse {
  /** Below the settings of the step. */
  readonly path: readonly (string | number)[]
  readonly use: Use
}

/** What a deployment must allow for an address; nothing for a scheme no connector has. */
export const accessTo = (uri: string, use: Use): readonly Access[] => connectorNamed(uri)?.access(uri, use) ?? []

/** Why a deployment cannot use an address; undefined if it can. */
export const onlyHere = (uri: string): string | undefined => connectorNamed(uri)?.local

/** What is wrong with an address that an author wrote; undefined for one that names a place. */
export const addressProblem = (uri: string): AddressProblem | undefined => connectorNamed(uri)?.problem?.(uri)

/** The type of connection that reaches an address; undefined if no connection does. */
export const connectionTypeOf = (uri: string): string | undefined => {
  const kind = connectorNamed(uri)
  return kind?.connection === undefined ? undefined : kind.scheme
}

/** The address that a setting means, its connection compiled. */
export const addressIn = (setting: Json): string => locationOf(setting as string | AtConnection).uri

/** The paths of a setting that is an address, or a list of them. */
export const pathsOf = (value: Json | undefined, path: readonly (string | number)[], use: Use): readonly AddressUse[] =>
  value === undefined ? [] : Array.isArray(value) ? value.map((_, at) => ({ path: [...path, at], use })) : [{ path, use }]

/** Whether a setting names a connection, which the compiler has not put in place yet. */
export const namesConnection = (value: Json | undefined): value is JsonObject & { readonly connection: string } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && typeof (value as JsonObject)['connection'] === 'string'
