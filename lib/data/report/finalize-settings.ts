/** What the machine tells the last task of a run. */
import type { JsonObject } from '#core/json.ts'
import type { CaughtError } from '#core/errors/failure.ts'

export interface FinalizeSettings {
  readonly status: 'succeeded' | 'failed'
  readonly inputs: JsonObject
  /** The units of the plan, in order. */
  readonly units: readonly string[]
  readonly steps: readonly { readonly id: string; readonly type: string; readonly name: string; readonly unit: string }[]
  /** Units the run went on without, with what they failed of; null when they did not. */
  readonly failed: readonly { readonly unit: string; readonly failure: CaughtError | null }[]
  /** Units with other settings to try, with those they came to: 0 for their own. Null for a unit that was not reached. */
  readonly fallbacks: readonly {
    readonly unit: string
    readonly taken: { readonly number: number; readonly failure: CaughtError | null } | null
  }[]
  readonly failure: CaughtError | null
}
