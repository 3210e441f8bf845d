/** Copies the states of a unit for other settings, with new names, because names are unique in a machine. */
import type { States } from '#asl/machine/asl.ts'
import { type Chain, label } from './emit.ts'
import type { Json, JsonObject } from '#core/json.ts'

const NAMING: ReadonlySet<string> = new Set(['StartAt', 'Next', 'Default'])

/** The chain with renamed states: the names of the unit's states with a number appended. */
export function numbered({ start, states }: Chain, unit: string, number: number): Chain {
  const names = new Set<string>()
  const collect = (scope: States) => {
    for (const [name, state] of Object.entries(scope)) {
      names.add(name)
      if (state.Type === 'Map') collect(state.ItemProcessor.States)
    }
  }
  collect(states)
  // a name has at most 80 characters, and names of distributed maps can be that long
  const renamed = (name: string) =>
    !names.has(name) ? name : name === unit ? `${name}.fallback_${number}` : `${name.replace(/\.distributed$/, '.spread')}${number}`
  const visit = (value: Json, key: string): Json => {
    // a label names the executions of a map
    if (typeof value === 'string') return key === 'Label' ? label(`${value}-${number}`) : NAMING.has(key) ? renamed(value) : value
    if (Array.isArray(value)) return value.map((one) => visit(one, ''))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(
      Object.entries(value as JsonObject).map(([name, entry]) => [key === 'States' ? renamed(name) : name, visit(entry, name)]),
    )
  }
  return { start: renamed(start), states: visit(states as unknown as Json, 'States') as unknown as States }
}
