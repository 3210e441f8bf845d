/**
 * What Step Functions counts as state transitions: a state that is entered, in a child execution too; each child a distributed Map
 * starts; and each retry. The iterations of an inline Map are not counted, what they enter is. Sources: aws.amazon.com/step-functions/pricing
 * ("each time a step of your workflow is executed, including retries"), developer guide, "Transitions in Distributed Map state".
 */
import type { HistoryEvent } from '#asl/engine/history.ts'

export interface TransitionCounter {
  /** Takes each event once; `child` is the name of the child execution it is of. */
  take(event: Pick<HistoryEvent, 'type' | 'previousEventId' | 'id'>, child?: string): void
  transitions(): number
}

const FAILURES: ReadonlySet<string> = new Set(['TaskFailed', 'TaskTimedOut', 'LambdaFunctionFailed', 'LambdaFunctionTimedOut'])
const SCHEDULED: ReadonlySet<string> = new Set(['TaskScheduled', 'LambdaFunctionScheduled'])

export function transitionCounter(): TransitionCounter {
  /** Failed tries, by execution and the id of the event that tells of them: what is scheduled after one is a retry. */
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
