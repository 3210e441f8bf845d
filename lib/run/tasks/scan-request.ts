/** What a scan asks for, from the settings of its step. */
import type { JsonObject } from '#core/json.ts'
import type { ScanBehaviour } from '#steps/kind/behaviour.ts'
import { kindOf } from '#steps/index.ts'

export interface ListSettings {
  readonly type: string
  readonly with: JsonObject
  /** Whether the run may go on without a source that cannot be read. */
  readonly tolerant: boolean
}

export async function scanRequest({ type, with: settings }: ListSettings) {
  const kind = kindOf(type)
  if (kind === undefined) throw new Error(`no step kind is called ${type}`)
  return ((await kind.load()) as ScanBehaviour).sources(settings)
}
