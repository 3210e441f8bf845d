/** Converts results of JSONata to plain JSON. */
import type { Json } from '#core/json.ts'

/**
 * A result as plain JSON that shares nothing with its source; undefined if it contains a function. JSONata marks arrays as sequences.
 * Numbers that JSON cannot express become the text Step Functions writes for them ("Infinity", "NaN").
 */
export function plain(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value)
  if (Array.isArray(value)) {
    const items: Json[] = []
    for (const item of value) {
      const one = plain(item)
      if (one === undefined) return undefined
      items.push(one)
    }
    return items
  }
  if (typeof value !== 'object' || '_jsonata_lambda' in value || '_jsonata_function' in value) return undefined
  const entries: [string, Json][] = []
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue
    const one = plain(inner)
    if (one === undefined) return undefined
    entries.push([key, one])
  }
  return Object.fromEntries(entries)
}
