/** list: which sources there are. */
import { findFiles, type FoundFile } from '../connectors/files.ts'
import type { JsonObject } from '../machine/asl.ts'
import { writeJson } from '../runtime/json-store.ts'
import { chooseSizing, type ResourceSettings } from '../dataset/sizing.ts'
import type { Task } from './context.ts'
import { scanRequest } from './inspect.ts'

export interface ListSettings {
  readonly type: string
  readonly with: JsonObject
  /** Whether the run may go on without a source that cannot be read. */
  readonly tolerant: boolean
}

export interface SizedListSettings extends ListSettings {
  readonly resources: ResourceSettings
}

export interface SourceList {
  readonly files: readonly FoundFile[]
}

export const list: Task<SizedListSettings> = async (settings, _item, { store, workspace, step }) => {
  const files = await findFiles((await scanRequest(settings)).patterns)
  const sources: SourceList = { files }
  await writeJson(store, workspace.sources(step), sources)
  await writeJson(store, workspace.items(step, 'sources'), [...files.keys()])
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const { workers, distributed } = chooseSizing(bytes, settings.resources, files.length)
  return {
    count: files.length,
    bytes,
    workers,
    distributed,
    items: workspace.items(step, 'sources'),
    results: workspace.results(step, 'inspect'),
  }
}
