/** The contract of a sort of start: what it reads in a message, and what a run is told of it. */
import type { StartInputs } from '#language/definition/definition.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { Values } from './fill.ts'
import type { StartSettings } from './settings.ts'

/** Something that starts a run, as one message tells it. Plain JSON. */
export interface StartEvent {
  /** Tells it from everything else that starts runs of the pipeline; the same when it is told again. */
  readonly identity: string
  /** For the name of the run, for people. */
  readonly label: string
  /** When it was, or was to be; ISO 8601 with the time zone whose day counts. */
  readonly logical_date: string
  /** What `{{ … }}` reads. */
  readonly values: Values
  /** Templates of the inputs. */
  readonly inputs: StartInputs
  /** Inputs that gather what all occurrences of `group` give, for one run of all of them; empty: a run of its own. */
  readonly collects: readonly string[]
  readonly group: string
  /** Of occurrences of the same place that are looked at together, only the one with the last order counts; absent: each counts. */
  readonly place?: { readonly key: string; readonly order: string }
  /** What the record of the run keeps of it. */
  readonly cause: JsonObject
}

/** What a sort remembers from one start to the next, for the pipeline. */
export interface StateStore {
  get(what: string): Promise<Json | undefined>
  set(what: string, value: Json): Promise<void>
}

export interface ParsedMessage {
  readonly events: readonly StartEvent[]
  /** Why something that was told starts nothing, for the log. */
  readonly ignored: readonly string[]
  /** Called when every run has been started; false when the message has more to start, and is to be told again. */
  settle?(): Promise<boolean>
}

export interface StartKind {
  /** What a message says; undefined when it is none of this sort. A StartFault when it is one that cannot be understood. */
  parse(message: Json, settings: StartSettings, memory: StateStore): Promise<ParsedMessage | undefined>
}
