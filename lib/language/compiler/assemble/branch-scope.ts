/**
 * Renames the variables of a Parallel branch. They are not visible outside it and must not have the name of an outer variable; what a unit
 * assigns outside after all branches end has another name within its branch.
 */
import type { States } from '#asl/machine/asl.ts'
import { expressionSource, renameVariables } from '#asl/machine/expression.ts'
import { expression } from '#asl/machine/literal.ts'
import type { Json, JsonObject } from '#core/json.ts'

/** Ids have no capitals, so no step has this variable. */
export const branchVariable = (name: string) => `Branch_${name}`

/** The states, with the variables renamed where they are assigned and where they are read. */
export function inBranch(states: States, names: readonly string[]): States {
  const own = new Set(names)
  const visit = (value: Json, assigned: boolean): Json => {
    if (typeof value === 'string') {
      const source = expressionSource(value)
      return source === undefined
        ? value
        : expression(renameVariables(source, (name) => (own.has(name) ? branchVariable(name) : undefined)))
    }
    if (Array.isArray(value)) return value.map((one) => visit(one, false))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(
      Object.entries(value as JsonObject).map(([key, entry]) => [
        assigned && own.has(key) ? branchVariable(key) : key,
        visit(entry, key === 'Assign'),
      ]),
    )
  }
  return names.length === 0 ? states : (visit(states as unknown as Json, false) as unknown as States)
}
