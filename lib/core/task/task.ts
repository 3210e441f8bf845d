/**
 * The protocol between the machine and the handlers: what a Task state sends and receives, the same on a laptop and on AWS. Rows never
 * travel here, only keys, counts and settings.
 */
import type { Json, JsonObject } from '#core/json.ts'

export interface RunInfo {
  readonly id: string
  /** ISO 8601, UTC: set once when the run starts, unchanged in retries and after a resume. */
  readonly started_at: string
  /** The logical date, `2026-11-21`, and the same without dashes; `ts` is the logical moment. */
  readonly ds: string
  readonly ds_nodash: string
  readonly ts: string
  /** The folder that relative paths are relative to; absent on AWS, where there are none. */
  readonly folder?: string
}

/** What a run says of its pipeline. */
export interface PipelineFacts {
  readonly id: string
  readonly name: string
  /** The author's own version of it; absent where the definition gives none. */
  readonly version?: string
}

export interface TaskEvent {
  /** The name of the task; see `lib/core/task/tasks.ts`. */
  readonly task: string
  readonly run: RunInfo
  readonly pipeline: PipelineFacts
  /** The step the task belongs to; for a fused segment, the first step. */
  readonly step: string
  /** The index of the map item. */
  readonly item?: number
  /** How many attempts came before; 0 or absent for the first. */
  readonly attempt?: number
  readonly settings: JsonObject
}

/** The loop item a task works for. */
export interface LoopItem {
  readonly as: string
  readonly item: string
}

/** What the console and reports show for a finished step. */
export interface StepReport {
  readonly step: string
  readonly level: 'ok' | 'warning' | 'error' | 'skipped'
  readonly message: string
  readonly lines: readonly { readonly level: 'ok' | 'warning' | 'error'; readonly text: string }[]
  /** Ran within the pass of another step. */
  readonly fused: boolean
}

/** A message about the end of a run, in the result of the task that sends it. */
export interface Notice {
  /** What it is about: success, failure, quality or retry. */
  readonly about: string
  readonly channel: string
  /** `kept`: there is no mail server, and it is in a file. */
  readonly how: 'sent' | 'kept' | 'failed'
  /** Who it was sent to; null if it could not be sent. */
  readonly to: string | null
  /** The file of a message that was kept. */
  readonly file: string | null
  /** Why it could not be sent. */
  readonly why: string | null
}

/** The part `again` of a task's result: it asks to be called again. The machine waits meanwhile, and no task runs. */
export interface Again {
  readonly after_seconds: number
  /** The `state` of the next call. */
  readonly state?: Json
  /** What it waits for, as text for people. */
  readonly waiting_for?: string
}

/** The same as the machine receives it; null there means that the task is done. */
export interface NextCall {
  /** ISO 8601, UTC: a run that is resumed later does not wait again. */
  readonly at: string
  readonly round: number
  readonly state: Json
  readonly waiting_for: string | null
}

/** The result of a task: small, because it is part of the machine's payload. */
export interface TaskResult {
  readonly [name: string]: Json | undefined
}

/** A longer result is a defect: Step Functions allows 256 KiB for a whole map. */
export const MAX_RESULT_LENGTH = 32_768
