/** Retry and Catch: which entry matches an error, how long to wait, and the attempts around a Task, Parallel or Map. */
import type { MapState, ParallelState, Retrier, TaskState } from '#asl/machine/asl.ts'
import { settle } from './evaluate.ts'
import { StateFailure, TaskTimedOut } from './failure.ts'
import type { Frame, Outcome } from './frame.ts'
import { unlessStopped } from './stop.ts'

type Guarded = TaskState | ParallelState | MapState

/**
 * Whether an entry's ErrorEquals matches an error. Nothing matches States.Runtime, not even its name (recorded), and only its name matches
 * States.DataLimitExceeded. States.ALL matches every other error; States.TaskFailed matches every other error except a timeout and a failed
 * evaluation. A missed heartbeat is States.Timeout, and also matches States.HeartbeatTimeout.
 */
export function takes(errorEquals: readonly string[], failure: StateFailure): boolean {
  const { error } = failure
  if (error === 'States.Runtime') return false
  if (error !== undefined && errorEquals.includes(error)) return true
  if (failure instanceof TaskTimedOut && failure.missed === 'heartbeat' && errorEquals.includes('States.HeartbeatTimeout')) return true
  if (error === 'States.DataLimitExceeded') return false
  if (errorEquals.includes('States.ALL')) return true
  return errorEquals.includes('States.TaskFailed') && error !== 'States.Timeout' && error !== 'States.QueryEvaluationError'
}

/**
 * Seconds to wait before a retry: IntervalSeconds times BackoffRate to the power of the retries of this entry so far, at most
 * MaxDelaySeconds; with FULL jitter a random number from 0 up to that. Source: https://states-language.net/spec.html#retrying-after-error
 */
export function delaySeconds(retrier: Retrier, made: number, random: () => number): number {
  const delay = Math.min(
    (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** made,
    retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY,
  )
  return retrier.JitterStrategy === 'FULL' ? random() * delay : delay
}

/** Runs attempts until one succeeds or no retrier is left, then passes the failure to the first catcher that matches. */
export async function guarded<S extends Guarded>(frame: Frame<S>, attempt: (frame: Frame<S>) => Promise<Outcome>): Promise<Outcome> {
  const made = new Map<Retrier, number>()
  for (let retries = 0; ; retries++) {
    const at = { ...frame, retries }
    try {
      return await attempt(at)
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error
      recordEvaluation(frame, error)
      // The first entry that matches the error decides; once its attempts are used up, later entries are not tried.
      const retrier = frame.state.Retry?.find((one) => takes(one.ErrorEquals, error))
      const count = retrier ? (made.get(retrier) ?? 0) : 0
      if (!retrier || count >= (retrier.MaxAttempts ?? 3)) return caught(at, error)
      made.set(retrier, count + 1)
      const { world } = frame.run
      const delay = delaySeconds(retrier, count, () => world.random())
      await unlessStopped(world.clock.sleep(delay * 1000, frame.signal), frame.signal)
    }
  }
}

async function caught(frame: Frame<Guarded>, failure: StateFailure): Promise<Outcome> {
  const { state, thread, run } = frame
  if (state.Type !== 'Task') thread.last = run.history.add(thread.last, `${state.Type}StateFailed`)
  const position = state.Catch?.findIndex((one) => takes(one.ErrorEquals, failure)) ?? -1
  const catcher = state.Catch?.[position]
  if (!catcher) throw failure
  const errorOutput = { Error: failure.error ?? null, Cause: failure.why ?? null }
  return settle(frame, catcher, errorOutput, catcher.Next, { prefix: `Catch[${position}]/`, extra: { errorOutput } })
}

/** Records a failed evaluation once. A failure on entering a state follows the event before the entry, as recorded. */
export function recordEvaluation(frame: Frame, failure: StateFailure): void {
  if (failure.location === undefined || failure.isRecorded) return
  failure.isRecorded = true
  const { thread, entry, run, name } = frame
  const previous = thread.last === entry.id ? entry.previous : thread.last
  thread.last = run.history.add(previous, 'EvaluationFailed', {
    evaluationFailedEventDetails: { ...failure.details(), location: failure.location, state: name },
  })
}
