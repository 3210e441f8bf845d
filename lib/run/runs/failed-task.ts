/** Finds the step a run failed in, and its number of attempts, in the history of the machine. */
import type { HistoryEvent } from '#asl/engine/history.ts'

export interface FailedTask {
  readonly step: string
  readonly attempts: number
}

/** The states that report a failure are not the ones that failed. */
const REPORTING: ReadonlySet<string> = new Set(['Failed', 'Fail'])
const OF_TASK = /^(Task|LambdaFunction)(Failed|TimedOut)$/
const FAILURE = /(Failed|TimedOut)$/

/** Null if no step failed. States are named after their step: `clean_data.segment.item`. */
export function failedTask(
  history: readonly Pick<HistoryEvent, 'id' | 'previousEventId' | 'type' | 'stateEnteredEventDetails'>[],
): FailedTask | null {
  const byId = new Map(history.map((event) => [event.id, event]))
  const reported = history.findIndex(({ stateEnteredEventDetails: entered }) => entered !== undefined && REPORTING.has(entered.name))
  const before = reported < 0 ? history : history.slice(0, reported)
  const stateOf = (id: number) => {
    let event = byId.get(id)
    while (event !== undefined && event.stateEnteredEventDetails === undefined) event = byId.get(event.previousEventId)
    return event
  }
  const failures = before.filter(({ type }) => FAILURE.test(type) && !type.startsWith('Execution'))
  const last = failures.findLast(({ type }) => OF_TASK.test(type)) ?? failures.at(-1)
  const state = last === undefined ? undefined : stateOf(last.id)
  const [step] = state?.stateEnteredEventDetails?.name.split('.') ?? []
  if (step === undefined || state === undefined) return null
  const tries = failures.filter(({ id, type }) => OF_TASK.test(type) && stateOf(id)?.id === state.id).length
  return { step, attempts: Math.max(1, tries) }
}
