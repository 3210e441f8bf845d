/** The part of JSON Schema (draft-07) that the schemas of the language use, and how one is made from a zod schema. */
import * as z from 'zod'
import type { Json } from '#core/json.ts'

export interface JsonSchema {
  readonly $ref?: string
  readonly title?: string
  readonly description?: string
  readonly default?: Json
  readonly type?: string | readonly string[]
  readonly const?: Json
  readonly enum?: readonly Json[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly properties?: { readonly [name: string]: JsonSchema }
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly propertyNames?: JsonSchema
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly items?: JsonSchema | readonly JsonSchema[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  /** Our own: keys this version does not have, though the language or other tools do. */
  readonly unsupported?: readonly string[]
}

const made = new WeakMap<z.ZodType, JsonSchema>()

/** The JSON Schema of what may be written, made once for each zod schema. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  let result = made.get(schema)
  if (result === undefined) {
    result = z.toJSONSchema(schema, { io: 'input', target: 'draft-07' }) as unknown as JsonSchema
    made.set(schema, result)
  }
  return result
}
