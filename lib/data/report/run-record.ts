/** `run.json`: what is known of a run, from its start on. */
import type { Json } from '#core/json.ts'
import type { RowAccount } from '#data/ledger/ledger.ts'
import type { QualityReport, RunStatus } from './model.ts'

/** Written when the run starts; enough to resume it. */
export interface StartedRun {
  readonly id: string
  readonly pipeline: { readonly id: string; readonly name: string }
  /** Where the definition was read from, as given. */
  readonly file: string
  /** SHA-256 of the machine it compiles to, as `compile --hash` says it: the same wherever it runs. */
  readonly definition_sha256: string
  readonly inputs: { readonly [name: string]: Json }
  readonly started_at: string
  /** Relative paths of the definition are relative to this folder. */
  readonly folder: string
  readonly version: string
  /** The command line that begins it anew; absent where it was not begun by one. */
  readonly command?: string | undefined
}

export type RunRecord = StartedRun & (RunningRun | EndedRun)

export interface RunningRun {
  /** `running` stands also for a run that was killed: nobody was left to write anything else. */
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
