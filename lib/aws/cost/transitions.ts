/**
 * Counts state transitions as Step Functions does: each entered state, also in child executions; each child that a distributed Map
 * starts; and each retry. Iterations of an inline Map do not count, the states they enter do. Sources: aws.amazon.com/step-functions/pricing
 * ("each time a step of your workflow is executed, including retries"), developer guide, "Transitions in Distributed Map state".
 */
import type { HistoryEvent } from '#asl/engine/history.ts'

export interface TransitionCounter {
  /** Takes each event once; `child` is the name of its child execution. */
  take(event: Pick<HistoryEvent, 'type' | 'previousEventId' | 'id'>, child?: string): void
  transitions(): number
}

const FAILURES: ReadonlySet<string> = new Set(['TaskFailed', 'TaskTimedOut', 'LambdaFunctionFailed', 'LambdaFunctionTimedOut'])
const SCHEDULED: ReadonlySet<string> = new Set(['TaskScheduled', 'LambdaFunctionScheduled'])

export function transitionCounter(): TransitionCounter {
  /** Failed attempts, by execution and event id: an event scheduled after one is a retry. */
  const failed = new Set<string>()
  let children = 0
  let entered = 0
  let retried = 0
  return {
    take({ type, id, previousEventId }, child) {
      if (child !== undefined && type === 'ExecutionStarted') children++
      if (type.endsWith('StateEntered')) entered++
      if (FAILURES.has(type)) failed.add(`${child ?? ''} ${id}`)
      if (SCHEDULED.has(type) && failed.has(`${child ?? ''} ${previousEventId}`)) retried++
    },
    transitions: () => entered + retried + children,
  }
}
