/** Assembles the steps of the end of a run: those of every run, before its report, and those of a failed run, after it. */
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { Catcher, State, States } from '#asl/machine/asl.ts'
import type { EndUnit } from '../plan.ts'
import type { Chain } from './emit.ts'
import { assembleUnit } from './units.ts'
import type { UnitSettings } from './units/assembler.ts'
import { failureVariable, orNull } from './variables.ts'

/** Leads an error to a state, with the error in a variable. The first error of a run is the one that is reported. */
export const toFailure = (next: string): readonly Catcher[] => [
  { ErrorEquals: ['States.ALL'], Assign: { Failure: jsonata('$states.errorOutput') }, Output: jsonata('{}'), Next: next },
]

/** Leads an error to the end that reports it. */
export const TO_FAILURE = toFailure('Failed')

/** The state where the last steps of every run begin. */
export const LAST_STEPS = 'LastSteps'

/** From LAST_STEPS on: every step runs whatever became of those before it, and an error of one of them fails the run. */
export function lastSteps(units: readonly EndUnit[], settings: UnitSettings): States {
  if (units.length === 0) return {}
  const ended: State = { Type: 'Choice', Choices: [{ Condition: jsonata('$exists($Failure)'), Next: 'Failed' }], Default: 'Finalize' }
  const keepFirst = { Failure: jsonata('$exists($Failure) ? $Failure : $states.errorOutput') }
  const ending = { failure: orNull('Failure'), reported: false }
  const chain = chained(units, { start: 'LastStepsEnded', states: { LastStepsEnded: ended } }, { ...settings, ending }, () => keepFirst)
  return { [LAST_STEPS]: { Type: 'Pass', Output: jsonata('{}'), Next: chain.start }, ...chain.states }
}

/** The steps of a failed run, before `next`. One that fails is reported, and the next one runs; the run fails with its own error. */
export const failureSteps = (units: readonly EndUnit[], settings: UnitSettings, next: string): Chain =>
  chained(units, { start: next, states: {} }, { ...settings, ending: { failure: '$Failure', reported: true } }, ({ id }) => ({
    [failureVariable(id)]: jsonata('$states.errorOutput'),
  }))

function chained(
  units: readonly EndUnit[],
  end: Chain,
  settings: UnitSettings,
  assign: (unit: EndUnit) => NonNullable<Catcher['Assign']>,
): Chain {
  return units.reduceRight<Chain>((rest, unit) => {
    const onError: readonly Catcher[] = [{ ErrorEquals: ['States.ALL'], Assign: assign(unit), Output: jsonata('{}'), Next: rest.start }]
    const own = assembleUnit(unit, { ...settings, onError }, rest.start)
    return { start: own.start, states: { ...own.states, ...rest.states } }
  }, end)
}
