/** Formats JSON values for messages. */
import type { Json } from '#core/json.ts'

export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

export function typeOf(value: Json): JsonType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value as JsonType
}

/** Formats a value for a message, shortened if long. */
export function shown(value: Json | undefined): string {
  if (value === undefined) return 'absent'
  switch (typeOf(value)) {
    case 'null':
      return 'empty'
    case 'string':
      return `'${short(value as string)}'`
    case 'array':
      return `a list of ${(value as readonly Json[]).length}`
    case 'object': {
      const keys = Object.keys(value as object)
      return keys.length === 0 ? 'an empty mapping' : `a mapping (${short(keys.join(', '))})`
    }
    default:
      return String(value)
  }
}

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text).replace(/\n/g, '⏎')
