/**
 * Replays a run's events from its Step Functions history, which records the input and output of every task, locally and on AWS. Takes
 * events in order, each once; they may arrive in parts.
 */
import type { Json } from '#core/json.ts'
import { causeText, parseCause, readFailure } from '#core/errors/failure.ts'
import type { TaskEvent, TaskResult } from '#core/task/task.ts'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { RunEvent } from './events.ts'
import { type RunReporter, startRunReporter } from './run-reporter.ts'

/** How the machine ended. */
export interface MachineEnd {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED'
  readonly at: string
  readonly failure: { readonly error: string; readonly cause: string } | null
}

export interface Replay {
  take(event: HistoryEvent): void
  /** Running maps with child executions: state names by the ARN of the map run. */
  openMaps(): ReadonlyMap<string, string>
  children: RunReporter['children']
  summary: RunReporter['summary']
  /** Null while the run continues. */
  end(): MachineEnd | null
}

interface Call {
  readonly task: TaskEvent
  readonly attempt: number
}

const ENDS: { readonly [type: string]: MachineEnd['status'] } = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
}

export function startReplay(types: ReadonlyMap<string, string>, onEvent: (event: RunEvent) => void): Replay {
  let now = new Date(0)
  const reporter = startRunReporter(types, onEvent, () => now)
  /** By the id of the latest event of each call. */
  const calls = new Map<number, Call>()
  const states = new Map<number, string>()
  const maps = new Map<string, string>()
  let end: MachineEnd | null = null

  function take(event: HistoryEvent): void {
    now = new Date(event.timestamp)
    reporter.history(event)
    if (event.stateEnteredEventDetails !== undefined) states.set(event.id, event.stateEnteredEventDetails.name)
    takeMap(event)
    takeCall(event)
    const status = ENDS[event.type]
    if (status !== undefined) end = { status, at: now.toISOString(), failure: failureOf(event) }
    // a redriven run continues after its end
    if (event.type.startsWith('ExecutionRedriven')) end = null
  }

  function takeMap({ id, type, previousEventId, mapRunStartedEventDetails: details }: HistoryEvent): void {
    // the state name passes from event to event, up to the start of the map run and on to its end
    const state = states.get(previousEventId)
    if (type.startsWith('Map') && state !== undefined && !states.has(id)) states.set(id, state)
    if (type === 'MapRunStarted' && details !== undefined) maps.set(details.mapRunArn, state ?? '')
    if (MAP_RUN_ENDS.has(type)) for (const [arn, name] of maps) if (name === state) maps.delete(arn)
  }

  function takeCall(event: HistoryEvent): void {
    const { id, type, previousEventId, taskScheduledEventDetails, taskSucceededEventDetails } = event
    const before = calls.get(previousEventId)
    if (type === 'TaskScheduled' && taskScheduledEventDetails !== undefined) {
      const task = taskOf(taskScheduledEventDetails.parameters)
      if (task === undefined) return
      const call = { task, attempt: before === undefined ? 1 : before.attempt + 1 }
      calls.set(id, call)
      reporter.taskStarted(task, call.attempt)
    } else if (before !== undefined && type === 'TaskStarted') calls.set(id, before)
    else if (before !== undefined && type === 'TaskSucceeded') {
      reporter.taskFinished(before.task, resultOf(taskSucceededEventDetails?.output ?? '{}'))
    } else if (before !== undefined && (type === 'TaskFailed' || type === 'TaskTimedOut')) {
      calls.set(id, before)
      const { error, cause } = caught(event)
      reporter.taskFailed(before.task, Object.assign(new Error(parseCause(cause).message), { name: error }))
    }
  }

  return { take, openMaps: () => maps, children: reporter.children, summary: reporter.summary, end: () => end }
}

const MAP_RUN_ENDS: ReadonlySet<string> = new Set(['MapRunSucceeded', 'MapRunFailed', 'MapRunAborted'])

/** The input sent to the function. */
function taskOf(parameters: string): TaskEvent | undefined {
  const { Payload: payload } = JSON.parse(parameters) as { readonly Payload?: Json }
  return payload !== null && typeof payload === 'object' && 'task' in payload ? (payload as unknown as TaskEvent) : undefined
}

const resultOf = (output: string): TaskResult =>
  ((JSON.parse(output) as { readonly Payload?: Json }).Payload ?? {}) as unknown as TaskResult

function caught(event: HistoryEvent) {
  const { error, cause } = event.taskFailedEventDetails ?? event.taskTimedOutEventDetails ?? {}
  return readFailure({ Error: error ?? 'States.Timeout', Cause: cause ?? '' })
}

function failureOf({ type, executionFailedEventDetails, executionTimedOutEventDetails }: HistoryEvent): MachineEnd['failure'] {
  if (type === 'ExecutionTimedOut')
    return {
      error: 'States.Timeout',
      cause: causeText({
        code: 'States.Timeout',
        message: executionTimedOutEventDetails?.cause ?? 'the run took longer than the definition allows (timeout)',
      }),
    }
  if (type !== 'ExecutionFailed') return null
  const { error, cause } = executionFailedEventDetails ?? {}
  return readFailure({ Error: error ?? 'Engine.Bug', Cause: cause ?? '' })
}
