/** Keys that a dialect shares with the canonical form: they can have any value here, because the canonical form checks them. */
import * as z from 'zod'
import type { Json } from '#core/json.ts'

/** Any value; it is checked in the canonical form. */
export const json: z.ZodType<Json> = z.unknown() as never

/** The keys of a canonical schema, except some: each with any value. */
export function shared(schema: z.ZodObject, without: readonly string[]): { [key: string]: z.ZodType<Json | undefined> } {
  const keys = Object.entries(schema.shape as { [key: string]: z.ZodType }).filter(([key]) => !without.includes(key))
  return Object.fromEntries(keys.map(([key, { description }]) => [key, described(json.optional(), description)]))
}

const described = <T extends z.ZodType>(schema: T, description: string | undefined): T =>
  description === undefined ? schema : schema.describe(description)
