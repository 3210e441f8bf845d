/** Writes a machine as JSON in which `${…}` marks only what a deployment fills in. */
import type { Machine } from '#asl/machine/asl.ts'
import { PLACEHOLDER_FIELDS } from './functions.ts'
import type { Json } from '#core/json.ts'

/** Names of the fields around a value, outermost first. */
type Around = readonly string[]

/**
 * Like JSON.stringify with two spaces, but a `${` in the author's text is escaped, so that no deployment replaces it; it parses to the same
 * text.
 */
export function writeMachine(machine: Machine): string {
  return `${written(machine as unknown as Json, [], '')}\n`
}

function written(value: Json, around: Around, indent: string): string {
  if (typeof value === 'string') return isPlaceholder(around) ? JSON.stringify(value) : plain(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const inner = `${indent}  `
  const isList = Array.isArray(value)
  const parts = isList
    ? value.map((one: Json) => written(one, [...around, ''], inner))
    : Object.entries(value)
        .filter(([, entry]) => entry !== undefined)
        .map(([key, entry]) => `${plain(key)}: ${written(entry as Json, [...around, key], inner)}`)
  const [open, close] = isList ? '[]' : '{}'
  return parts.length === 0 ? `${open}${close}` : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`
}

const plain = (text: string) => JSON.stringify(text).replaceAll('${', '$\\u007b')

/** Only arguments of states have placeholders; the payload of a task is deeper. */
const isPlaceholder = (around: Around) => around.at(-2) === 'Arguments' && PLACEHOLDER_FIELDS.has(around.at(-1) ?? '') && isOfState(around)

const OF_MAPS: ReadonlySet<string> = new Set(['ItemReader', 'ResultWriter'])

/** Whether the fields lead through states only: to a state within maps and branches, and no deeper than its own arguments. */
function isOfState(around: Around): boolean {
  let at = 0
  for (;;) {
    if (around[at] !== 'States') return false
    at += 2
    if (around[at] === 'ItemProcessor') at += 1
    else if (around[at] === 'Branches') at += 2
    else break
  }
  const rest = around.slice(at, -2)
  return rest.length === 0 || (rest.length === 1 && OF_MAPS.has(rest[0] ?? ''))
}
