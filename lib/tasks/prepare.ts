/** prepare: the record of the run, and whether the places to publish to can be used, before any work is done. */
import type { Json, JsonObject } from '../machine/asl.ts'
import { checkFolder } from '../publish/folder.ts'
import type { Task } from '../workspace/context.ts'
import { targetOf } from './segment.ts'

export interface PrepareSettings {
  readonly inputs: { readonly [name: string]: Json }
  readonly sinks: readonly { readonly id: string; readonly type: string; readonly with: JsonObject }[]
  /** Folders for rows that are set aside. */
  readonly quarantines: readonly string[]
}

export const prepare: Task<PrepareSettings> = async ({ sinks, quarantines }, _item, { pipeline }) => {
  for (const folder of quarantines) await checkFolder(folder, pipeline.id)
  for (const sink of sinks) await checkFolder((await targetOf(sink)).to, pipeline.id)
  return {}
}
