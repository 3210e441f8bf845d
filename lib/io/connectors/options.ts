/** Settings of a connector beside an address. */
import type { Json } from '#core/json.ts'

/** Settings a connector has checked with its own schema, or is about to. */
export type Options = { readonly [name: string]: Json }
