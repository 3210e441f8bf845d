/** Settings of a connector beside an address. */
import type { Json } from '#core/json.ts'

/** Settings a connector has checked with its own schema, or is about to. */
export type Options = { readonly [name: string]: Json }

/** The place of the host in an address that is a secret, before the secret is known. */
export const secretName = (url: Options[string] | undefined): string =>
  `secret-${String((url as { readonly $secret?: string } | null | undefined)?.$secret ?? 'url').toLowerCase()}`
