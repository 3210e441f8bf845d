/** What the engine needs from outside and what it returns. Everything it touches is passed in here. */
import type { Json } from '#core/json.ts'
import type { HistoryEvent } from './history.ts'

/** Everything an execution touches: nothing else reads a clock, draws a random number or does I/O. */
export interface World {
  /**
   * Runs a task. A rejection is the task's failure: the error's `name` becomes the ASL error (what Retry and Catch match), its `message`
   * the cause. After `call.signal` fires, the outcome is ignored.
   */
  invoke(call: Invocation): Promise<Json>
  readonly objects: Objects
  readonly clock: Clock
  /** A number from 0 to less than 1: for jitter, `$random()`, `$uuid()` and the ids of map runs. */
  random(): number
  readonly execution: { readonly id: string; readonly name: string; readonly startTime: Date; readonly roleArn: string }
  readonly stateMachine: { readonly id: string; readonly name: string }
  /** Stops the execution at once when it fires. */
  readonly signal?: AbortSignal
  /** Called for each event as it happens; `child` is set for events of a child of a distributed Map. It must not throw. */
  onEvent?(event: HistoryEvent, child?: ChildExecution): void
}

/** One call of a task. */
export interface Invocation {
  /** The FunctionName of `lambda:invoke`, or the ARN a Task names as its Resource. */
  readonly functionName: string
  readonly payload: Json
  /** The state that calls. */
  readonly state: string
  /** 1 for the first try, one more for each retry. */
  readonly attempt: number
  /** Fires when the response is no longer needed: abort, timeout, or a failed sibling. */
  readonly signal: AbortSignal
  /** Reports that the task is alive; restarts HeartbeatSeconds. */
  heartbeat(): void
  /**
   * Reports, before `invoke` returns its promise, that the task is queued. TimeoutSeconds and HeartbeatSeconds start when the returned
   * function is called; without a call of `queued` they start at once.
   */
  queued(): () => void
}

/** Objects by bucket and key, for ItemReader and ResultWriter. `get` rejects for a missing object. */
export interface Objects {
  get(bucket: string, key: string): Promise<Uint8Array>
  put(bucket: string, key: string, bytes: Uint8Array): Promise<void>
}

/** Time: the system's, or a test's. */
export interface Clock {
  now(): Date
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason as soon as the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Of a clock that jumps: keeps its time until the returned function is called, because something else than a sleep takes time. */
  hold?(): () => void
}

/** A child of a distributed Map: an execution of its own, with its own history. */
export interface ChildExecution {
  readonly id: string
  readonly name: string
  readonly mapRunArn: string
  /** The name of the Map state, and the position of the item in its list. */
  readonly state: string
  readonly index: number
}

/** How an execution ended, and its history. */
export type Execution = { readonly history: readonly HistoryEvent[] } & (
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | { readonly status: 'FAILED'; readonly error?: string; readonly cause?: string }
  | { readonly status: 'ABORTED' }
  | { readonly status: 'TIMED_OUT' }
)
