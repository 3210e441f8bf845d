/** What the machine passes to the last task of a run. */
import type { JsonObject } from '#core/json.ts'
import type { Limits } from '#data/ledger/warnings.ts'
import type { CaughtError } from '#core/errors/failure.ts'

export interface FinalizeSettings {
  readonly status: 'succeeded' | 'failed'
  readonly inputs: JsonObject
  /** The units of the plan, in order. */
  readonly units: readonly string[]
  readonly steps: readonly { readonly id: string; readonly type: string; readonly name: string; readonly unit: string }[]
  /** Units that may fail without ending the run, with their errors; null if they did not fail. */
  readonly failed: readonly { readonly unit: string; readonly failure: CaughtError | null }[]
  /** Units with fallbacks, with the one used: 0 for their own settings. Null for a unit that was not reached. */
  readonly fallbacks: readonly {
    readonly unit: string
    readonly taken: { readonly number: number; readonly failure: CaughtError | null } | null
  }[]
  readonly failure: CaughtError | null
  /** Units whose rows are removed when the run has succeeded. */
  readonly discard?: readonly string[]
  /** What steps allow, if they set it. */
  readonly limits?: Limits
}
