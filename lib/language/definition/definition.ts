/** A definition after parsing and checking: what everything below the language works with. Plain JSON. */
import type { InputDeclaration } from '#language/inputs/fit.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { References } from './references.ts'

export type { InputDeclaration }

export interface Definition {
  readonly version: 1
  readonly id: string
  readonly name: string
  readonly description: string
  readonly inputs: { readonly [name: string]: InputDeclaration }
  readonly resources: Resources
  readonly concurrency: Concurrency
  readonly steps: readonly Entry[]
  /** Whole machine, seconds; absent when the definition sets none. */
  readonly timeout?: number
  /** Who answers for the pipeline. */
  readonly owner?: string
  readonly tags: readonly string[]
  /** When runs start by themselves; absent: at no set time. */
  readonly schedule?: Schedule
  /** What starts runs when it happens. */
  readonly triggers: readonly Trigger[]
  readonly monitoring: Monitoring
  readonly notifications: Notifications
}

/** Inputs of a run that starts by itself: literal JSON, in whose texts `{{ … }}` reads the moment or the event. */
export type StartInputs = { readonly [name: string]: Json }

export type Schedule = {
  /** A name of the IANA time zone database. */
  readonly timezone: string
  /** `2026-11-21`, a day in the time zone: nothing starts before. */
  readonly start_date?: string
  /** Whether moments that were missed are made up for. */
  readonly catchup: boolean
  readonly inputs: StartInputs
} & (
  | {
      /** Five fields: minute, hour, day of the month, month, day of the week. */
      readonly cron: string
      readonly every?: never
    }
  | {
      /** Seconds, in whole minutes. */
      readonly every: number
      readonly cron?: never
    }
)

export type Trigger = S3Trigger | EventTrigger

/** An object was uploaded. */
export interface S3Trigger {
  readonly type: 's3'
  readonly bucket: string
  /** Beginning of the keys that count; absent: all. */
  readonly prefix?: string
  /** End of the keys that count; absent: all. */
  readonly suffix?: string
  /** Seconds to wait for more of them, at most 300; absent: none. */
  readonly debounce?: number
  /** etag: the same content under the same key starts one run; none: every upload starts one. */
  readonly dedupe: 'etag' | 'none'
  readonly inputs: StartInputs
  /** Inputs that take a list: they gather what all uploads of a wait give, for one run. Empty: each upload is a run. */
  readonly collects: readonly string[]
}

/** An event on the default bus of EventBridge. */
export interface EventTrigger {
  readonly type: 'event'
  /** The `detail-type` of the events that count. */
  readonly event_type: readonly string[]
  /** Who sends them; absent: anybody. */
  readonly source?: readonly string[]
  /** What else must hold, as an EventBridge pattern. */
  readonly filter_criteria?: JsonObject
  readonly inputs: StartInputs
}

/** What is watched once the pipeline is deployed; what is absent is not. */
export interface Monitoring {
  /** Seconds a run may take. */
  readonly sla?: number
  /** Seconds within which a run must have succeeded. */
  readonly expect_every?: number
  /** The least quality score, 0 to 1. */
  readonly min_quality?: number
  /** The share of runs that may fail, 0 to 1. */
  readonly max_error_rate?: number
  readonly logs: { readonly level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'; readonly retention_days: number }
}

export interface Notifications {
  readonly on_failure?: EmailNotification
}

export interface EmailNotification {
  readonly type: 'email'
  readonly to: readonly string[]
}

export interface Resources {
  /** Tasks of one step at a time; 0 or absent: chosen from the bytes by `tiers`. A number or a `{% %}` expression. */
  readonly workers: number | string
  readonly tiers: readonly { readonly max_bytes?: number; readonly workers: number; readonly distributed: boolean }[]
  /** Bytes of memory for a whole local run; absent: a share of the machine's. */
  readonly memory_limit?: number
  /** About how many bytes of consecutive chunks one task takes. */
  readonly task_bytes: number
}

export interface Concurrency {
  readonly max_parallel_steps?: number
  /** Runs of the pipeline at a time; absent: any number. */
  readonly max_active_runs?: number
}

/** What stands in a list of steps: a step, or several lists side by side. */
export type Entry = Step | ParallelEntry

export interface ParallelEntry {
  readonly id: string
  readonly parallel: readonly Entry[]
  readonly depends_on: readonly string[]
}

/** References in `with`, `condition` and `loop` are compiled: `{% … %}` JSONata, or a row expression with parameters. */
export interface Step {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly with: JsonObject
  readonly depends_on: readonly string[]
  /** A `{% … %}` condition; absent: always. */
  readonly condition?: string
  /** The condition as the author wrote it, for messages. */
  readonly condition_text?: string
  readonly loop?: Loop
  readonly retry: Retry
  readonly on_error: OnError
  /** Seconds a task of the step may take. */
  readonly timeout: number
  readonly fuse: boolean
  readonly resources: { readonly memory?: number; readonly max_concurrency?: number }
  readonly references: StepReferences
}

/** What the parts of a step read in a run. */
export interface StepReferences {
  /** Its settings, and the items it loops over. */
  readonly settings: References
  readonly condition: References
  /** The settings of each fallback. */
  readonly fallback: readonly References[]
}

export interface Loop {
  /** A JSON list, or a `{% … %}` expression that yields one. */
  readonly foreach: Json
  /** Set when `foreach` names the sources of a scan step: the step then maps over that step's chunks itself. */
  readonly sources_of?: string
  readonly as: string
  readonly max_concurrency: number
  /** More items than this fail the step before any work; 0: no limit. */
  readonly max_items: number
}

export interface Retry {
  readonly errors: readonly string[]
  readonly max_attempts: number
  readonly interval: number
  readonly backoff_rate: number
  readonly max_delay: number
  readonly jitter: 'full' | 'none'
}

export interface OnError {
  readonly continue_on_error: boolean
  /** Share of a step's rows that may be bad before the run fails, 0 to 1. */
  readonly max_bad_rows?: number
  /** Settings to try instead, one after another, when the step fails. */
  readonly fallback: readonly JsonObject[]
}
