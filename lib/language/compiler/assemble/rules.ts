/** Assembles trigger rules: the condition of a guard, and the end of the steps of a run whose errors were caught. */
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { States } from '#asl/machine/asl.ts'
import type { Guard, Unit } from '../plan.ts'
import { failureVariable, mayFail, skippedVariable } from './variables.ts'

const isSet = (variable: string) => `($exists($${variable}) and $${variable} != null)`
const anyOf = (variables: readonly string[]) => (variables.length === 0 ? 'false' : variables.map(isSet).join(' or '))

/** The condition under which a unit with this guard runs. */
export const guardCondition = (guard: Guard): string =>
  jsonata(
    'any' in guard
      ? anyOf(guard.any.map(failureVariable))
      : `$not(${anyOf([...guard.none.map(failureVariable), ...guard.unskipped.map(skippedVariable)])})`,
  )

/** The state behind the last step, where errors are caught. */
const ENDED = 'StepsEnded'

/**
 * Behind the last step: a run with an error that may not be goes to `failed` with the first one, and any other to `next`. There are such states
 * only where errors are caught.
 */
export function stepsEnded(units: readonly Unit[], next: string, failed: string): { readonly start: string; readonly states: States } {
  const strict = units.filter((unit) => unit.caught === true && !mayFail(unit)).map(({ id }) => failureVariable(id))
  if (strict.length === 0) return { start: next, states: {} }
  const first = `[${strict.map((variable) => `($exists($${variable}) ? $${variable} : null)`).join(', ')}][$ != null][0]`
  return {
    start: ENDED,
    states: {
      [ENDED]: { Type: 'Choice', Choices: [{ Condition: jsonata(anyOf(strict)), Next: 'StepFailed' }], Default: next },
      StepFailed: { Type: 'Pass', Assign: { Failure: jsonata(first) }, Output: jsonata('{}'), Next: failed },
    },
  }
}
