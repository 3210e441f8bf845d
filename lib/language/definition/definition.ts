/** A checked definition: what all code above the language works with. Plain JSON. */
import type { PipelineFacts } from '#core/task/task.ts'
import type { InputDeclaration } from '#language/inputs/fit.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { ALERT_METRICS, COMPARISONS, METRIC_NAMES, SEVERITIES } from './starts-schema.ts'
import type { References } from './references.ts'
import type { PipelineTest } from './tests-schema.ts'

export type { InputDeclaration }

export interface Definition {
  readonly version: 1
  readonly id: string
  readonly name: string
  /** The author's own version of the pipeline. */
  readonly pipeline_version?: string
  readonly description: string
  readonly inputs: { readonly [name: string]: InputDeclaration }
  readonly resources: Resources
  readonly concurrency: Concurrency
  /** Files that stand for the functions of lambda steps on this machine, by their names; relative to the definition. */
  readonly functions: { readonly [name: string]: string }
  readonly steps: readonly Entry[]
  /** Steps that run when the run has failed, and at the end of every run; they see no rows. */
  readonly on_failure: readonly Step[]
  readonly finally: readonly Step[]
  /** Timeout of the whole machine in seconds. */
  readonly timeout: number
  /** Who is responsible for the pipeline. */
  readonly owner?: string
  readonly tags: readonly string[]
  /** When runs start automatically; absent: no schedule. */
  readonly schedule?: Schedule
  /** The events that start runs. */
  readonly triggers: readonly Trigger[]
  readonly monitoring: Monitoring
  readonly environments: { readonly [name: string]: Environment }
  readonly notifications: Notifications
  /** What `siftstep test` runs; no part of the machine. Absent: none. */
  readonly tests?: readonly PipelineTest[]
  /** Settings that are valid and that this version cannot carry out: a run is refused before it starts. Absent: none. */
  readonly unavailable?: readonly Unavailable[]
}

/** What runs, reports and machines say of the pipeline. */
export const pipelineFacts = ({ id, name, pipeline_version: version }: Definition): PipelineFacts => ({
  id,
  name,
  ...(version === undefined ? {} : { version }),
})

export interface Unavailable {
  readonly step: string
  readonly setting: string
  readonly what: string
  readonly hint: string
}

/** Inputs of an automatic run: literal JSON, in whose texts `{{ … }}` reads the scheduled time or the event. */
export type StartInputs = { readonly [name: string]: Json }

export type Schedule = {
  /** A name of the IANA time zone database. */
  readonly timezone: string
  /** `2026-11-21`, a day in the time zone: no run starts before it. */
  readonly start_date?: string
  /** Whether missed runs are started later. */
  readonly catchup: boolean
  /** A run starts only when the run of the date before is good. The path of the key that says so; absent: it does not. */
  readonly depends_on_past?: 'schedule.depends_on_past' | 'defaults.depends_on_past'
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

export type Trigger = S3Trigger | EventTrigger | PipelineTrigger

/** An object was uploaded. */
export interface S3Trigger {
  readonly type: 's3'
  readonly bucket: string
  /** Prefix of the keys that match; absent: all. */
  readonly prefix?: string
  /** Suffix of the keys that match; absent: all. */
  readonly suffix?: string
  /** Seconds to wait for more uploads, at most 300; absent: none. */
  readonly debounce?: number
  /** etag: the same content under the same key starts one run; none: every upload starts one. */
  readonly dedupe: 'etag' | 'none'
  readonly inputs: StartInputs
  /** Inputs that collect the values of all uploads within the wait in a list, for one run. Empty: each upload is a run. */
  readonly collects: readonly string[]
}

/** An event on the default bus of EventBridge. */
export interface EventTrigger {
  readonly type: 'event'
  /** The `detail-type` of the events that match. */
  readonly event_type: readonly string[]
  /** The senders; absent: any. */
  readonly source?: readonly string[]
  /** Further conditions, as an EventBridge pattern. */
  readonly filter_criteria?: JsonObject
  readonly inputs: StartInputs
}

/** How a run of another pipeline ended: with its output published, also in part; failed; or either. A stopped run has not ended. */
export type AwaitedStatus = 'succeeded' | 'failed' | 'finished'

/** A run of another pipeline has ended. */
export interface PipelineTrigger {
  readonly type: 'pipeline'
  /** The id of the other pipeline. */
  readonly pipeline: string
  readonly status: AwaitedStatus
  readonly inputs: StartInputs
}

/** What is monitored once the pipeline is deployed; absent settings are not monitored. */
export interface Monitoring {
  /** Seconds within which a run must finish. */
  readonly sla?: number
  /** Seconds within which a run must have succeeded. */
  readonly expect_every?: number
  /** Minimum quality score, 0 to 1. */
  readonly min_quality?: number
  /** Maximum share of failed runs, 0 to 1. */
  readonly max_error_rate?: number
  /** What a run on this machine writes to `metrics.prom`; empty: nothing. */
  readonly metrics: readonly MetricName[]
  readonly tracing?: { readonly exporter: 'otlp' }
  readonly alerts: readonly Alert[]
  readonly logs: {
    readonly level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
    readonly retention_days: number
    /** Share of runs whose lines below WARN are logged; absent: all. */
    readonly sampling_rate?: number
  }
}

export type MetricName = (typeof METRIC_NAMES)[number]

export interface Alert {
  readonly name: string
  readonly metric: (typeof ALERT_METRICS)[number]
  /** A count, a share from 0 to 1, or seconds. */
  readonly threshold: number
  readonly comparison: (typeof COMPARISONS)[number]
  readonly severity: (typeof SEVERITIES)[number]
}

/** A place to deploy to, by the name that `--env` gives. */
export interface Environment {
  readonly account?: string
  readonly region?: string
  /** What must be confirmed before a deployment. */
  readonly require: readonly ('smoke_tests' | 'approval')[]
}

/** Events at the end of a run that someone can be notified of. */
export const NOTIFIED = ['on_success', 'on_failure', 'on_quality', 'on_retry'] as const

export type Notified = (typeof NOTIFIED)[number]

/** Channels by event: `type` and its settings, texts and secrets compiled. */
export type Notifications = { readonly [Event in Notified]?: readonly JsonObject[] }

export interface Resources {
  /** Parallel tasks of one step; 0 or absent: chosen from the bytes by `tiers`. A number or a `{% %}` expression. */
  readonly workers: number | string
  readonly tiers: readonly { readonly max_bytes?: number; readonly workers: number; readonly distributed: boolean }[]
  /** Bytes of memory for a whole local run; absent: a share of the machine's memory. */
  readonly memory_limit?: number
  /** Approximate bytes of consecutive chunks per task. */
  readonly task_bytes: number
}

export interface Concurrency {
  readonly max_parallel_steps?: number
  /** Active runs of the pipeline; absent: any number. */
  readonly max_active_runs?: number
}

/** An entry in a list of steps: a step, or parallel steps. */
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
  /** When it runs, by what became of the steps it depends on; absent: unless one of them has failed and may not. */
  readonly trigger_rule?: 'all_success' | 'none_failed' | 'all_done' | 'one_failed'
  /** A `{% … %}` condition; absent: always. */
  readonly condition?: string
  /** The condition as the author wrote it, for messages. */
  readonly condition_text?: string
  readonly loop?: Loop
  readonly retry: Retry
  readonly on_error: OnError
  /** Timeout of a task in seconds. */
  readonly timeout: number
  readonly fuse: boolean
  /** The rows that the step leaves for later steps are removed when the run has succeeded. */
  readonly cache_results?: false
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
  /** Set if `foreach` is the sources of a scan step: the step then maps over the chunks of that scan. */
  readonly sources_of?: string
  readonly as: string
  readonly max_concurrency: number
  /** With more items, the step fails before any work; 0: no limit. */
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
  /** Maximum share of quarantined rows of a step for a run that succeeds, 0 to 1 (default: MAX_BAD_ROWS). */
  readonly max_bad_rows?: number
  /** With more bad rows the run fails before anything is published; otherwise it publishes, and completes in part. */
  readonly too_many_bad_rows?: 'fail'
  /** Maximum share of the values of a column that the step may make missing, 0 to 1 (default: MAX_LOST_VALUES). */
  readonly max_lost_values?: number
  /** Settings to try in order if the step fails. */
  readonly fallback: readonly JsonObject[]
}
