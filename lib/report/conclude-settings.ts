/** What the machine tells the last task of a run. */
import type { JsonObject } from '../machine/asl.ts'

export interface ConcludeSettings {
  readonly status: 'succeeded' | 'failed'
  readonly inputs: JsonObject
  /** The units of the plan, in order. */
  readonly units: readonly string[]
  readonly steps: readonly { readonly id: string; readonly type: string; readonly name: string; readonly unit: string }[]
  /** Units the run went on without, with what they failed of; null when they did not. */
  readonly failed: readonly { readonly unit: string; readonly failure: { readonly Error?: string; readonly Cause?: string } | null }[]
  readonly failure: { readonly Error?: string; readonly Cause?: string } | null
}
