/** Exports that would replace what earlier runs published by the rows that are new in this run. */
import type { Definition, Step } from '#language/definition/definition.ts'
import { kindOf } from '#steps/index.ts'
import { order } from './order.ts'
import type { PlanProblem } from './problems.ts'

export function partialOutputs(definition: Definition): readonly PlanProblem[] {
  const { steps, ancestors } = order(definition)
  const partial = steps.filter((step) => holds(step, 'passesOnlyNew'))
  return steps.flatMap((step): PlanProblem[] => {
    const source = holds(step, 'replaces') ? partial.find(({ id }) => ancestors.get(step.id)?.has(id)) : undefined
    if (source === undefined) return []
    return [
      {
        code: 'replaced-by-new-rows',
        step: step.id,
        what: `\`${step.id}\` replaces what earlier runs published, but \`${source.id}\` passes on only what is new`,
        hint: 'use `mode: merge` with `keys`, `mode: append`, or an address for each run: to: "out/{{ run.id }}"',
      },
    ]
  })
}

function holds({ type, with: settings }: Step, property: 'passesOnlyNew' | 'replaces'): boolean {
  const kind = kindOf(type)
  return kind?.[property]?.(kind.config.parse(settings)) === true
}
