/** The format of `run.json`. */
import type { PipelineFacts } from '#core/task/task.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { RowAccount } from '#data/ledger/ledger.ts'
import type { QualityReport, RunStatus } from './model.ts'

/** Written when the run starts; enough to resume it. */
export interface StartedRun {
  readonly id: string
  readonly pipeline: PipelineFacts
  /** The path of the definition, as given. */
  readonly file: string
  /** SHA-256 of the machine it compiles to, as printed by `compile --hash`: the same wherever it runs. */
  readonly definition_sha256: string
  readonly inputs: { readonly [name: string]: Json }
  readonly started_at: string
  /** The day or time that the run is for, what `{{ ds }}` and `{{ ts }}` read; absent: that of its start. */
  readonly logical_date?: string | undefined
  /** What started it, if not a person: a time of the schedule, a file, a request. */
  readonly start?: JsonObject | undefined
  /** The folder that relative paths of the definition refer to. */
  readonly folder: string
  readonly version: string
  /** The command line that started it; absent if it was not started from one. */
  readonly command?: string | undefined
  /** The command of siftstep that ran a definition of its own, such as profile; absent for runs of a pipeline. */
  readonly made_by?: string | undefined
}

export type RunRecord = StartedRun & (RunningRun | EndedRun)

export interface RunningRun {
  /** A killed run stays `running`, because it could not write another status. */
  readonly status: 'running' | 'interrupted'
}

export interface EndedRun {
  readonly status: RunStatus
  readonly finished_at: string
  readonly seconds: number
  readonly rows: RowAccount | null
  readonly score: number | null
  readonly output: QualityReport['output']
  readonly failure: QualityReport['failure']
}
