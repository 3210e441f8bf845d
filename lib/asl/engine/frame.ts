/** What the functions that run states pass to each other: the run, and one entry into one state. */
import type { Branch, State } from '#asl/machine/asl.ts'
import type { History, Thread } from './history.ts'
import type { Evaluator } from './jsonata.ts'
import type { Variables } from './variables.ts'
import type { World } from './world.ts'
import type { Json, JsonObject } from '#core/json.ts'

/** One execution: of the machine, or of a child of a distributed Map. */
export interface Run {
  readonly world: World
  readonly evaluator: Evaluator
  readonly history: History
  /** `$states.context.Execution` and `$states.context.StateMachine`. */
  readonly execution: JsonObject
  readonly stateMachine: { readonly Id: string; readonly Name: string }
  /**
   * Runs states from StartAt to an end and returns the last output. It is a parameter because states contain branches that contain states.
   */
  runBranch(run: Run, branch: Branch, input: Json, variables: Variables, thread: Thread, signal: AbortSignal): Promise<Json>
}

/** One entry into one state. */
export interface Frame<S extends State = State> {
  readonly run: Run
  readonly name: string
  readonly state: S
  readonly input: Json
  readonly variables: Variables
  readonly thread: Thread
  readonly signal: AbortSignal
  readonly entry: { readonly id: number; readonly previous: number; readonly time: string }
  /** Retries so far, `$states.context.State.RetryCount`. */
  readonly retries: number
}

/** The end of a state: its output and assignments as JSON text for the history, and the next state, if any. */
export interface Outcome {
  readonly output: Json
  readonly outputText: string
  readonly assigned: { readonly [name: string]: string } | undefined
  readonly next: string | undefined
}
