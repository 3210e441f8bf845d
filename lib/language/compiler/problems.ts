/** Problems of a plan whose steps are each valid. */
import type { Step } from '#language/definition/definition.ts'
import type { Shape } from '#steps/kind/step.ts'

/** A problem of the order of steps; `step` is its place. */
export interface PlanProblem {
  readonly code:
    | 'no-data'
    | 'ambiguous-dataset'
    | 'unsupported-condition'
    | 'unsupported-loop'
    | 'unknown-column'
    | 'too-many-events'
    | 'too-many-branches'
    | 'replaced-by-new-rows'
  readonly step: string
  /** The path in the step; absent: the whole step. */
  readonly path?: readonly (string | number)[]
  readonly what: string
  readonly hint: string
}

/** Conditions and loops that the shape of their step does not support. */
export function unsupported(steps: readonly Step[], shapes: ReadonlyMap<string, Shape>): PlanProblem[] {
  return steps.flatMap((step): PlanProblem[] => {
    const shape = shapes.get(step.id) ?? 'control'
    // rows of a skipped scan are absent for all steps; those of an exchange are the rows of other steps in another shape
    const conditional = step.condition !== undefined && shape === 'exchange'
    const called = step.loop !== undefined && shape === 'call'
    const looped = step.loop !== undefined && step.loop.sources_of === undefined && shape !== 'control' && !called
    const blind = step.loop?.sources_of !== undefined && shape === 'control'
    return [
      ...(conditional
        ? [
            {
              code: 'unsupported-condition' as const,
              step: step.id,
              what: `a ${step.type} step with operations across rows cannot have a condition, because later steps read its rows`,
              hint: 'move the condition to the steps that read its rows',
            },
          ]
        : []),
      ...(blind
        ? [
            {
              code: 'unsupported-loop' as const,
              step: step.id,
              what: `a ${step.type} step cannot loop over sources, because it reads none`,
              hint: 'remove the loop, or loop over a list',
            },
          ]
        : []),
      ...(called
        ? [
            {
              code: 'unsupported-loop' as const,
              step: step.id,
              what: `a ${step.type} step cannot have a loop: it is one call`,
              hint: 'pass the list to the function in `payload`, or write a step for each item',
            },
          ]
        : []),
      ...(looped
        ? [
            {
              code: 'unsupported-loop' as const,
              step: step.id,
              what: `a ${step.type} step cannot have this loop, because it already runs once per chunk of its dataset`,
              hint: 'loop over `{{ <discover step>.result.sources }}`, or remove the loop',
            },
          ]
        : []),
    ]
  })
}
