/** Problems of a plan that exceeds the limits of Step Functions for one execution. */
import { EVENTS_OF_EXECUTION, leastEvents, MAX_EVENTS } from '#asl/machine/events.ts'
import type { Machine } from '#asl/machine/asl.ts'
import type { Step } from '#language/definition/definition.ts'
import { type Plan, stepsOf, unitsOf } from './plan.ts'
import type { PlanProblem } from './problems.ts'

/** Number of branches, or of iterations of an inline map, that run at a time. Source: Step Functions developer guide, Map state. */
const MAX_BRANCHES = 40

/** An error if an execution of the machine would end before its last state, however the run goes. */
export function tooManyEvents(plan: Plan, machine: Machine): readonly PlanProblem[] {
  const events = EVENTS_OF_EXECUTION + leastEvents(machine)
  if (events <= MAX_EVENTS) return []
  const steps = unitsOf(plan).flatMap(stepsOf)
  const longest = steps.reduce((most, step) => (itemsOf(step) > itemsOf(most) ? step : most), steps[0] as Step)
  const loop = itemsOf(longest) > 0
  return [
    {
      code: 'too-many-events',
      step: longest.id,
      ...(loop ? { path: ['loop', 'foreach'] } : {}),
      what: `a run has at least ${events.toLocaleString('en')} events; AWS ends an execution after ${MAX_EVENTS.toLocaleString('en')}`,
      hint: loop ? 'shorten the list, or split it over several pipelines' : 'split the steps into several pipelines',
    },
  ]
}

/** Length of the literal list that a step loops over. */
const itemsOf = ({ loop }: Step) => (loop?.sources_of === undefined && Array.isArray(loop?.foreach) ? loop.foreach.length : 0)

/** Warnings of settings that have no effect on AWS: it runs 40 branches at a time, and the others after them. */
export function tooManyBranches(plan: Plan): readonly PlanProblem[] {
  const wide = plan.stages.flatMap((stage): readonly PlanProblem[] => {
    const [first] = stage.slice(MAX_BRANCHES).flatMap(stepsOf)
    if (first === undefined) return []
    return [
      {
        code: 'too-many-branches',
        step: first.id,
        what: `${stage.length} steps would run in parallel; AWS runs ${MAX_BRANCHES} at a time`,
        hint: `set \`concurrency: {max_parallel_steps: ${MAX_BRANCHES}}\`, or let some steps depend on others`,
      },
    ]
  })
  const loops = unitsOf(plan).flatMap((unit): readonly PlanProblem[] => {
    if (unit.unit !== 'control' || (unit.step.loop?.max_concurrency ?? 0) <= MAX_BRANCHES) return []
    return [
      {
        code: 'too-many-branches',
        step: unit.id,
        path: ['loop', 'max_concurrency'],
        what: `\`max_concurrency\` is ${unit.step.loop?.max_concurrency}; AWS runs ${MAX_BRANCHES} items of a loop at a time`,
        hint: `lower it to ${MAX_BRANCHES}`,
      },
    ]
  })
  return [...wide, ...loops]
}
