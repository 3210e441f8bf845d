/**
 * Matches an event against an EventBridge pattern. Source: EventBridge user guide, "Comparison operators for use in event patterns".
 * Every key of the pattern must match: one comparison of its list, for one of the values if the event has a list.
 */
import type { Json, JsonObject } from '#core/json.ts'
import { entryOf } from '#core/text/record.ts'

export function matches(pattern: JsonObject, event: Json | undefined): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === '$or' && Array.isArray(wanted)) return wanted.some((one) => matches(one as JsonObject, event))
    const value = event !== null && typeof event === 'object' ? entryOf(event as JsonObject, key) : undefined
    if (!Array.isArray(wanted)) return matches(wanted as JsonObject, value)
    const values = Array.isArray(value) ? (value as readonly Json[]) : [value]
    return wanted.some((comparison) => values.some((one) => holds(comparison as Json, one)))
  })
}

function holds(comparison: Json, value: Json | undefined): boolean {
  if (comparison === null || typeof comparison !== 'object') return comparison === value
  const [[operator = '', operand = null] = []] = Object.entries(comparison)
  const compare = entryOf(COMPARE, operator)
  if (compare === undefined) throw new Error(`unknown EventBridge comparison ${operator}`)
  return compare(operand as Json, value)
}

const COMPARE: { readonly [operator: string]: (operand: Json, value: Json | undefined) => boolean } = {
  exists: (operand, value) => (value !== undefined) === operand,
  prefix: (operand, value) => ofText(operand, value, (text, end) => text.startsWith(end)),
  suffix: (operand, value) => ofText(operand, value, (text, end) => text.endsWith(end)),
  'equals-ignore-case': (operand, value) => typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase(),
  wildcard: (operand, value) => [operand].flat().some((one) => typeof value === 'string' && wildcard(String(one)).test(value)),
  numeric: (operand, value) => typeof value === 'number' && Array.isArray(operand) && within(operand as Json[], value),
  'anything-but': (operand, value) => {
    if (value === undefined) return false
    const refused = Array.isArray(operand) ? (operand as readonly Json[]) : [operand]
    return !refused.some((one) => holds(one, value))
  },
}

/** `{prefix: x}`, and `{prefix: {'equals-ignore-case': x}}`. */
function ofText(operand: Json, value: Json | undefined, test: (text: string, end: string) => boolean): boolean {
  if (typeof value !== 'string') return false
  if (operand === null || typeof operand !== 'object') return test(value, String(operand))
  return test(value.toLowerCase(), String((operand as JsonObject)['equals-ignore-case']).toLowerCase())
}

/** `*` matches any number of characters; a backslash escapes the next one. */
function wildcard(text: string): RegExp {
  const source = [...text.matchAll(/\\([\s\S])|(\*)|([\s\S])/g)].map(([, escaped, star, plain]) =>
    star === undefined ? (escaped ?? plain ?? '').replace(/[.*+?^${}()|[\]\\/]/, '\\$&') : '[\\s\\S]*',
  )
  return new RegExp(`^${source.join('')}$`)
}

/** `['>', 0, '<=', 5]`. */
function within(bounds: readonly Json[], value: number): boolean {
  for (let at = 0; at + 1 < bounds.length; at += 2) {
    const bound = Number(bounds[at + 1])
    const holdsHere = { '=': value === bound, '<': value < bound, '<=': value <= bound, '>': value > bound, '>=': value >= bound }
    if (holdsHere[String(bounds[at]) as '='] !== true) return false
  }
  return true
}
