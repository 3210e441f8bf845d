/**
 * Counts the events that an execution of a machine has at least: those of the shortest way to an end, without retries and errors, with no
 * iteration of a map whose items are known only in a run. Source of the events: Step Functions API reference, HistoryEvent.
 */
import type { Branch, State } from './asl.ts'
import { targetsOf } from './sites.ts'

/** Maximum number of events of an execution. Source: Step Functions service quotas. */
export const MAX_EVENTS = 25_000

/** ExecutionStarted and ExecutionSucceeded. */
export const EVENTS_OF_EXECUTION = 2
/** Entered and exited. */
const STATE = 2
/** Scheduled, started, succeeded. */
const TASK = STATE + 3
/** MapStateStarted and MapStateSucceeded, ParallelStateStarted and ParallelStateSucceeded. */
const CONTAINER = STATE + 2
/** MapRunStarted and MapRunSucceeded. */
const MAP_RUN = 2
/** MapIterationStarted and MapIterationSucceeded. */
const ITERATION = 2

export function leastEvents({ StartAt, States }: Branch): number {
  const states = new Map(Object.entries(States))
  const before = new Map<string, string[]>()
  const least = new Map<string, number>()
  for (const [name, state] of states) {
    const targets = targetsOf(state).filter(({ field }) => !field.startsWith('Catch'))
    for (const { target } of targets) before.set(target, [...(before.get(target) ?? []), name])
    if (targets.length === 0) least.set(name, eventsOf(state))
  }
  // from the ends to the start: a state is visited again when a shorter way was found
  const open = [...least.keys()]
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    for (const earlier of before.get(name) ?? []) {
      const state = states.get(earlier)
      if (state === undefined) continue
      const events = eventsOf(state) + (least.get(name) ?? 0)
      if (events >= (least.get(earlier) ?? Number.POSITIVE_INFINITY)) continue
      least.set(earlier, events)
      open.push(earlier)
    }
  }
  return least.get(StartAt) ?? 0
}

/** The events of one state, with those of its branches and iterations. */
function eventsOf(state: State): number {
  switch (state.Type) {
    case 'Task':
      return TASK
    case 'Parallel':
      return state.Branches.reduce((sum, branch) => sum + leastEvents(branch), CONTAINER)
    case 'Map': {
      if (state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED') return CONTAINER + MAP_RUN
      const items = Array.isArray(state.Items) ? state.Items.length : 0
      return CONTAINER + (items === 0 ? 0 : items * (ITERATION + leastEvents(state.ItemProcessor)))
    }
    default:
      return STATE
  }
}
