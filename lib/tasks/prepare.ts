/** prepare: the record of the run, and whether the places to publish to can be used, before any work is done. */
import type { Json, JsonObject } from '../machine/asl.ts'
import { connectorOf } from '../connectors/index.ts'
import type { Task } from '../workspace/context.ts'
import { targetOf } from './segment.ts'

export interface PrepareSettings {
  readonly inputs: { readonly [name: string]: Json }
  readonly sinks: readonly { readonly id: string; readonly type: string; readonly with: JsonObject }[]
  /** Folders for rows that are set aside. */
  readonly quarantines: readonly string[]
}

export const prepare: Task<PrepareSettings> = async ({ sinks, quarantines }, _item, { pipeline }) => {
  const places = [...quarantines]
  for (const sink of sinks) places.push((await targetOf(sink)).to)
  for (const place of places) await (await connectorOf(place)).check(place, pipeline.id)
  return {}
}
