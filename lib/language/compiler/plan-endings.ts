/** Plans the steps of the end of a run: each is a unit of its own, which sees no rows. */
import type { Definition, Step } from '#language/definition/definition.ts'
import { kindOf } from '#steps/index.ts'
import { fallbacksOf } from './fallback-steps.ts'
import type { EndUnit, Plan } from './plan.ts'

const endUnit = (step: Step): EndUnit => ({ unit: kindOf(step.type)?.shape === 'call' ? 'call' : 'control', id: step.id, step })

/** The units of steps at the end with the settings of their fallbacks. */
export const endFallbacks = ({ on_failure, finally: always }: Definition): readonly (readonly [string, readonly EndUnit[]])[] =>
  [...on_failure, ...always].flatMap((step) =>
    step.on_error.fallback.length === 0 ? [] : [[step.id, fallbacksOf(step).map(endUnit)] as const],
  )

/** The endings of a plan; none where the definition has none. */
export function endingsOf({ on_failure, finally: always }: Definition): Pick<Plan, 'endings'> {
  return on_failure.length + always.length === 0 ? {} : { endings: { on_failure: on_failure.map(endUnit), finally: always.map(endUnit) } }
}
