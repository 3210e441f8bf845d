/** What a step remembers, in a few words. */
import type { Json } from '#core/json.ts'
import { count } from '#core/text/numbers.ts'

/** Longest text shown of a value. */
const LENGTH = 60

export function rememberedText(value: Json): string {
  if (value === null) return 'none'
  if (typeof value === 'string') return value
  if (typeof value !== 'object') return String(value)
  const parts = Object.entries(value).map(([name, part]) =>
    Array.isArray(part) ? `${name}: ${count(part.length, 'entry', 'entries')}` : `${name}: ${JSON.stringify(part)}`,
  )
  const text = parts.join(', ')
  return text.length > LENGTH ? `${text.slice(0, LENGTH - 1)}…` : text
}
