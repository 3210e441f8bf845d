/**
 * The wire between the machine and the handlers: what a Task state sends and gets back, the same on a laptop and on AWS. Rows
 * never travel here, only keys, counts and settings.
 */
import type { Json, JsonObject } from '#core/json.ts'

export interface RunInfo {
  readonly id: string
  /** ISO 8601, UTC: set once when the run starts, the same in every retry and after a resume. */
  readonly started_at: string
  /** The logical date, `2026-11-21`, and the same without dashes; `ts` is the logical moment. */
  readonly ds: string
  readonly ds_nodash: string
  readonly ts: string
  /** The folder that relative paths are relative to; absent on AWS, where there are none. */
  readonly folder?: string
}

export interface TaskEvent {
  /** Which task; see `lib/core/task/tasks.ts`. */
  readonly task: string
  readonly run: RunInfo
  readonly pipeline: { readonly id: string; readonly name: string }
  /** The step the task belongs to; of a fused segment, its first. */
  readonly step: string
  /** Which of a map's items. */
  readonly item?: number
  /** How many times the machine has tried the task before; 0 or absent the first time. */
  readonly attempt?: number
  readonly settings: JsonObject
}

/** The item of a loop a task works for. */
export interface LoopItem {
  readonly as: string
  readonly item: string
}

/** What a person is told of a step when it is done. */
export interface StepReport {
  readonly step: string
  readonly level: 'ok' | 'warning' | 'error' | 'skipped'
  readonly message: string
  readonly lines: readonly { readonly level: 'ok' | 'warning' | 'error'; readonly text: string }[]
  /** Done within the pass of another step. */
  readonly fused: boolean
}

/** How a task asks to be called again, in its answer: `again`. The machine waits meanwhile, and no task runs. */
export interface Again {
  readonly after_seconds: number
  /** What the next call is given as `state`. */
  readonly state?: Json
  /** What it waits for, for people. */
  readonly waiting_for?: string
}

/** The same in the answer as the machine gets it, where null says that the task is done. */
export interface NextCall {
  /** ISO 8601, UTC: a run that is resumed later does not wait once more. */
  readonly at: string
  readonly round: number
  readonly state: Json
  readonly waiting_for: string | null
}

/** A task's answer: small, because it travels through the machine's payload. */
export interface TaskResult {
  readonly [name: string]: Json | undefined
}

/** An answer longer than this is a defect: Step Functions takes 256 KiB for a whole map. */
export const MAX_RESULT_LENGTH = 32_768
