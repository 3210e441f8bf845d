/** The contract of a kind of start: how it parses a message, and what it passes to a run. */
import type { StartInputs } from '#language/definition/definition.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { Values } from './fill.ts'
import type { StartSettings } from './settings.ts'

/** An event that starts a run, parsed from a message. Plain JSON. */
export interface StartEvent {
  /** Identifies the event among all starts of the pipeline; the same when it is redelivered. */
  readonly identity: string
  /** Readable part of the run's name. */
  readonly label: string
  /** Time of the event, or its scheduled time; ISO 8601 in the time zone that defines the day. */
  readonly logical_date: string
  /** Values for `{{ … }}`. */
  readonly values: Values
  /** Input templates. */
  readonly inputs: StartInputs
  /** Inputs that collect the values of all events of `group`, for one run; empty: each event has its own run. */
  readonly collects: readonly string[]
  readonly group: string
  /** Of events for the same place that are handled together, only the one with the last order counts; absent: each counts. */
  readonly place?: { readonly key: string; readonly order: string }
  /** Stored in the record of the run. */
  readonly cause: JsonObject
}

/** State of a kind of start, kept per pipeline. */
export interface StateStore {
  get(what: string): Promise<Json | undefined>
  set(what: string, value: Json): Promise<void>
}

export interface ParsedMessage {
  readonly events: readonly StartEvent[]
  /** Reasons why events start nothing, for the log. */
  readonly ignored: readonly string[]
  /** Called when all runs have been started; returns false if the message has more to start and must be redelivered. */
  settle?(): Promise<boolean>
}

export interface StartKind {
  /** Parses a message; undefined if it is of another kind. Throws a StartError if it is malformed. */
  parse(message: Json, settings: StartSettings, memory: StateStore): Promise<ParsedMessage | undefined>
}
