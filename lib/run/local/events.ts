/** Events of a run, for the console, for `--json` and for tests. Plain JSON. */
import type { RaisedAlert } from './alerts.ts'
import type { Notice, StepReport } from '#core/task/task.ts'
import type { RunWarning } from '#data/ledger/warnings.ts'
import type { QualityReport } from '#data/report/model.ts'
import type { RunRecord } from '#data/report/run-record.ts'

export type RunEvent =
  | {
      readonly event: 'run_started'
      readonly at: string
      readonly run: string
      readonly pipeline: { readonly id: string; readonly name: string }
      readonly machine_sha256: string
      readonly resumed: boolean
    }
  /** A step started. `what` describes its parallel work, if any: `Profiling 3 sources in parallel...`. */
  | { readonly event: 'step_started'; readonly at: string; readonly step: string; readonly type: string; readonly what: string | null }
  /** Finished tasks of a step, of all. */
  | { readonly event: 'step_progress'; readonly at: string; readonly step: string; readonly done: number; readonly total: number }
  | { readonly event: 'step_finished'; readonly at: string; readonly report: StepReport; readonly seconds: number }
  /** A task failed and is retried. */
  | {
      readonly event: 'task_retried'
      readonly at: string
      readonly step: string
      readonly task: string
      readonly item: number | null
      readonly attempt: number
      readonly error: string
      readonly cause: string
    }
  /** A step failed for good: the run continues without it, or with the settings of the fallback with that number. */
  | {
      readonly event: 'step_failed'
      readonly at: string
      readonly step: string
      readonly fallback: number | null
      readonly error: string
      readonly cause: string
    }
  /** A notification about the end of the run was sent, or could not be. */
  | ({ readonly event: 'notified'; readonly at: string } & Notice)
  /** Something to know about the run as a whole, such as an alert; it does not change how the run ended. */
  | {
      readonly event: 'note'
      readonly at: string
      readonly level: 'ok' | 'warning' | 'error'
      readonly text: string
      readonly alert?: RaisedAlert
    }
  | {
      readonly event: 'run_finished'
      readonly at: string
      readonly record: RunRecord
      readonly summary: RunSummary | null
      readonly exit_code: number
    }

/** The answer of the last task of a run. */
export interface RunSummary {
  readonly status: 'succeeded' | 'partial' | 'failed'
  readonly rows: {
    readonly in: number
    readonly out: number
    readonly quarantined: number
    readonly deduplicated: number
    readonly filtered: number
    readonly fan: number
  }
  readonly balanced: boolean
  readonly score: number | null
  readonly issues: { readonly found: number; readonly fixed: number }
  readonly output: QualityReport['output']
  /** Why it completed in part although all steps did their work; absent if there is no reason. */
  readonly warnings?: readonly RunWarning[]
}

/** Exit codes of all commands that run something. */
export const EXIT = { ok: 0, failed: 1, definition: 2, quality: 3, partial: 4, interrupted: 130 } as const

/** The exit code for a run that failed with this error. */
export function exitCodeOf(error: string): number {
  if (error.startsWith('Definition.')) return EXIT.definition
  return error === 'Quality.GateFailed' ? EXIT.quality : EXIT.failed
}

/** The code for a run with this record. One that has not ended counts as interrupted. */
export function exitCodeOfRecord(record: RunRecord): number {
  if (record.status === 'interrupted' || record.status === 'running') return EXIT.interrupted
  if ('failure' in record && record.failure !== null) return exitCodeOf(record.failure.error)
  return record.status === 'partial' ? EXIT.partial : EXIT.ok
}
