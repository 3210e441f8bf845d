/**
 * Types for the part of the Amazon States Language that siftstep emits: JSONata only. What can be emitted can be run: the embedded engine
 * has one function per `State['Type']`. Sources: https://states-language.net/spec.html and the Step Functions developer guide.
 */
import type { Json, JsonObject } from '#core/json.ts'

export interface Machine {
  readonly Comment?: string
  readonly QueryLanguage: 'JSONata'
  readonly StartAt: string
  readonly TimeoutSeconds?: number
  readonly States: States
}

export type States = { readonly [name: string]: State }

export type State = PassState | TaskState | ChoiceState | WaitState | ParallelState | MapState | SucceedState | FailState

/** Exactly one of Next and End, as ASL requires of every state except Choice, Succeed and Fail. */
interface Flow {
  readonly Comment?: string
  readonly Next?: string
  readonly End?: true
}

interface Outcome {
  readonly Assign?: JsonObject
  readonly Output?: Json
}

interface Guarded {
  readonly Retry?: readonly Retrier[]
  readonly Catch?: readonly Catcher[]
}

export interface Retrier {
  readonly ErrorEquals: readonly string[]
  readonly IntervalSeconds?: number
  readonly MaxAttempts?: number
  readonly BackoffRate?: number
  readonly MaxDelaySeconds?: number
  readonly JitterStrategy?: 'FULL' | 'NONE'
}

export interface Catcher extends Outcome {
  readonly ErrorEquals: readonly string[]
  readonly Next: string
}

export interface PassState extends Flow, Outcome {
  readonly Type: 'Pass'
}

export interface TaskState extends Flow, Outcome, Guarded {
  readonly Type: 'Task'
  readonly Resource: string
  readonly Arguments?: Json
  /** `{RoleArn}`: the role that calls the function. */
  readonly Credentials?: Json
  readonly TimeoutSeconds?: number | string
  readonly HeartbeatSeconds?: number | string
}

export interface ChoiceState extends Outcome {
  readonly Type: 'Choice'
  readonly Comment?: string
  readonly Choices: readonly ChoiceRule[]
  readonly Default?: string
}

export interface ChoiceRule extends Outcome {
  readonly Condition: string | boolean
  readonly Next: string
}

export interface WaitState extends Flow, Outcome {
  readonly Type: 'Wait'
  readonly Seconds?: number | string
  readonly Timestamp?: string
}

export interface ParallelState extends Flow, Outcome, Guarded {
  readonly Type: 'Parallel'
  readonly Arguments?: Json
  readonly Branches: readonly Branch[]
}

export interface Branch {
  readonly StartAt: string
  readonly States: States
}

export interface MapState extends Flow, Outcome, Guarded {
  readonly Type: 'Map'
  readonly Label?: string
  readonly Items?: Json
  readonly ItemReader?: ItemReader
  readonly ItemSelector?: Json
  readonly MaxConcurrency?: number | string
  readonly ToleratedFailurePercentage?: number | string
  readonly ToleratedFailureCount?: number | string
  readonly ItemProcessor: ItemProcessor
  readonly ResultWriter?: ResultWriter
}

export interface ItemProcessor extends Branch {
  readonly ProcessorConfig?: { readonly Mode: 'INLINE' } | { readonly Mode: 'DISTRIBUTED'; readonly ExecutionType: 'STANDARD' }
}

export interface ItemReader {
  readonly Resource: 'arn:aws:states:::s3:getObject'
  readonly ReaderConfig: { readonly InputType: 'JSON'; readonly MaxItems?: number | string }
  readonly Arguments: Json
}

export interface ResultWriter {
  readonly Resource: 'arn:aws:states:::s3:putObject'
  readonly Arguments: Json
}

export interface SucceedState {
  readonly Type: 'Succeed'
  readonly Comment?: string
  readonly Output?: Json
}

export interface FailState {
  readonly Type: 'Fail'
  readonly Comment?: string
  readonly Error?: string
  readonly Cause?: string
}
