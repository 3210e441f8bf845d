/** What a plan cannot be made of, though each step by itself is as it must be. */
import type { Step } from '#language/definition/definition.ts'
import type { Shape } from '#steps/kind/step.ts'

/** Something about the order of steps that makes no sense; `step` says where. */
export interface PlanProblem {
  readonly code: 'no-data' | 'ambiguous-dataset' | 'unsupported-condition' | 'unsupported-loop' | 'unknown-column'
  readonly step: string
  /** Where in the step; absent: the step as a whole. */
  readonly path?: readonly (string | number)[]
  readonly what: string
  readonly hint: string
}

/** Conditions and loops that the shape of their step has no room for. */
export function unsupported(steps: readonly Step[], shapes: ReadonlyMap<string, Shape>): PlanProblem[] {
  return steps.flatMap((step): PlanProblem[] => {
    const shape = shapes.get(step.id) ?? 'control'
    // rows of a skipped scan are absent for all steps; those of an exchange are the rows of other steps in another shape
    const conditional = step.condition !== undefined && shape === 'exchange'
    const looped = step.loop !== undefined && step.loop.sources_of === undefined && shape !== 'control'
    const blind = step.loop?.sources_of !== undefined && shape === 'control'
    return [
      ...(conditional
        ? [
            {
              code: 'unsupported-condition' as const,
              step: step.id,
              what: `a ${step.type} step whose operations need all rows at once cannot be skipped: later steps work on the rows it makes`,
              hint: 'put the condition on the steps that use its rows',
            },
          ]
        : []),
      ...(blind
        ? [
            {
              code: 'unsupported-loop' as const,
              step: step.id,
              what: `a ${step.type} step reads no sources, so it has nothing to do for each of them`,
              hint: 'leave the loop out, or loop over a list of your own',
            },
          ]
        : []),
      ...(looped
        ? [
            {
              code: 'unsupported-loop' as const,
              step: step.id,
              what: `a ${step.type} step maps over the chunks of its dataset by itself`,
              hint: 'loop over `{{ <discover step>.result.sources }}`, or leave the loop out',
            },
          ]
        : []),
    ]
  })
}
