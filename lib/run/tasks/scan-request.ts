/** The settings of a scan, from its step. */
import type { JsonObject } from '#core/json.ts'
import type { ScanBehaviour } from '#steps/kind/behaviour.ts'
import { kindOf } from '#steps/index.ts'

export interface ListSettings {
  readonly type: string
  readonly with: JsonObject
  /** Whether the run may continue without a source that cannot be read. */
  readonly tolerant: boolean
}

export async function scanRequest({ type, with: settings }: ListSettings) {
  const kind = kindOf(type)
  if (kind === undefined) throw new Error(`unknown step kind ${type}`)
  return ((await kind.load()) as ScanBehaviour).sources(settings)
}
