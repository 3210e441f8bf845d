/** The part of JSON Schema (draft-07) that the schemas of the language use, and the conversion from zod schemas. */
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
  /** Extension: keys of the language or of other tools that this version does not support. */
  readonly unsupported?: readonly string[]
}

const schemas = new WeakMap<z.ZodType, JsonSchema>()

/** The JSON Schema of what authors can write, converted once for each zod schema. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  let result = schemas.get(schema)
  if (result === undefined) {
    result = z.toJSONSchema(schema, { io: 'input', target: 'draft-07' }) as unknown as JsonSchema
    schemas.set(schema, result)
  }
  return result
}
