/**
 * The history of an execution, in the format of GetExecutionHistory (timestamps as ISO text). The order of events and their links follow
 * recordings of the service; `docs/engine.md` lists what no recording covers. Source:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */

type StateType = 'Pass' | 'Task' | 'Choice' | 'Wait' | 'Parallel' | 'Map' | 'Succeed' | 'Fail'

/** The event types the engine emits. The service has more, for features that are not implemented. */
export type EventType =
  | `Execution${'Started' | 'Succeeded' | 'Failed' | 'Aborted' | 'TimedOut'}`
  | `${StateType}StateEntered`
  | `${Exclude<StateType, 'Fail'>}StateExited`
  | `${'Task' | 'Wait' | 'Parallel' | 'Map'}StateAborted`
  | `${'Parallel' | 'Map'}State${'Started' | 'Succeeded' | 'Failed'}`
  | `Task${'Scheduled' | 'Started' | 'Succeeded' | 'Failed' | 'TimedOut'}`
  | `LambdaFunction${'Scheduled' | 'Started' | 'Succeeded' | 'Failed' | 'TimedOut'}`
  | `MapIteration${'Started' | 'Succeeded' | 'Failed' | 'Aborted'}`
  | `MapRun${'Started' | 'Succeeded' | 'Failed' | 'Aborted'}`
  | 'EvaluationFailed'

interface Whole {
  /** The engine never truncates. */
  readonly truncated: false
}
interface Credentials {
  readonly roleArn: string
}

interface Failure {
  readonly error?: string
  readonly cause?: string
}
interface Integration {
  readonly resourceType: string
  readonly resource: string
}
interface Iteration {
  readonly name: string
  readonly index: number
}

/** The details of an event, under a key named after its type. Inputs and outputs are JSON text. */
export interface EventDetails {
  readonly executionStartedEventDetails?: { readonly input: string; readonly inputDetails: Whole; readonly roleArn: string }
  readonly executionSucceededEventDetails?: { readonly output: string; readonly outputDetails: Whole }
  readonly executionFailedEventDetails?: Failure
  readonly executionAbortedEventDetails?: Failure
  readonly executionTimedOutEventDetails?: Failure
  readonly stateEnteredEventDetails?: { readonly name: string; readonly input: string; readonly inputDetails: Whole }
  readonly stateExitedEventDetails?: {
    readonly name: string
    readonly output: string
    readonly outputDetails: Whole
    readonly assignedVariables?: { readonly [name: string]: string }
    readonly assignedVariablesDetails?: Whole
  }
  readonly taskScheduledEventDetails?: Integration & {
    readonly region: string
    readonly parameters: string
    readonly timeoutInSeconds?: number
    readonly heartbeatInSeconds?: number
    readonly taskCredentials?: Credentials
  }
  readonly taskStartedEventDetails?: Integration
  readonly taskSucceededEventDetails?: Integration & { readonly output: string; readonly outputDetails: Whole }
  readonly taskFailedEventDetails?: Integration & Failure
  readonly taskTimedOutEventDetails?: Integration & Failure
  readonly lambdaFunctionScheduledEventDetails?: {
    readonly resource: string
    readonly input: string
    readonly inputDetails: Whole
    readonly timeoutInSeconds?: number
    readonly taskCredentials?: Credentials
  }
  readonly lambdaFunctionSucceededEventDetails?: { readonly output: string; readonly outputDetails: Whole }
  readonly lambdaFunctionFailedEventDetails?: Failure
  readonly lambdaFunctionTimedOutEventDetails?: Failure
  readonly mapStateStartedEventDetails?: { readonly length: number }
  readonly mapIterationStartedEventDetails?: Iteration
  readonly mapIterationSucceededEventDetails?: Iteration
  readonly mapIterationFailedEventDetails?: Iteration
  readonly mapIterationAbortedEventDetails?: Iteration
  readonly mapRunStartedEventDetails?: { readonly mapRunArn: string }
  readonly mapRunFailedEventDetails?: Failure
  readonly evaluationFailedEventDetails?: Failure & { readonly location: string; readonly state: string }
}

/** One event, in the format of GetExecutionHistory. */
export interface HistoryEvent extends EventDetails {
  readonly id: number
  /** The event this one follows; 0 for the entry of the first state and for events without a predecessor. */
  readonly previousEventId: number
  readonly type: EventType
  /** ISO 8601, UTC, milliseconds. */
  readonly timestamp: string
}

/** A sequence of events: of the execution itself, a branch or an iteration. */
export interface Thread {
  /** The id of the event the next one follows. */
  last: number
  /** A branch or an iteration: its failing task is also recorded as aborted. */
  readonly nested: boolean
}

/** The events of one execution so far. */
export interface History {
  readonly events: readonly HistoryEvent[]
  /** Adds an event that follows `previous` and returns its id. */
  add(previous: number, type: EventType, details?: EventDetails): number
}

/** The details of a payload that is not truncated. */
export const WHOLE: Whole = { truncated: false }

/** A history that passes each event to `listener`. With `keep` false, events are not stored. */
export function createHistory(now: () => Date, listener: ((event: HistoryEvent) => void) | undefined, keep: boolean): History {
  const events: HistoryEvent[] = []
  let id = 0
  return {
    events,
    add(previousEventId, type, details) {
      id++
      const event: HistoryEvent = { id, previousEventId, type, timestamp: now().toISOString(), ...details }
      if (keep) events.push(event)
      listener?.(event)
      return id
    },
  }
}
