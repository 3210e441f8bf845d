/** inspect: reads one source completely: format, records, chunks, sample, and the shapes of its columns. */
import { TaskError } from '#core/errors/errors.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import type { Task } from '#io/workspace/context.ts'
import type { SourceList } from './list.ts'
import { columnsOf, inspectFile } from '#data/dataset/inspect-file.ts'
import { type ListSettings, scanRequest } from './scan-request.ts'

export const inspect: Task<ListSettings> = async (settings, item, context) => {
  const { store, workspace, step } = context
  const request = await scanRequest(settings)
  const { files, changes } = await readJson<SourceList>(store, workspace.sources(step))
  const file = files[item]
  if (file === undefined) throw new Error(`no source ${item}`)
  try {
    const found = await inspectFile(file.uri, request, workspace.staged(step, item), files.length, context)
    const { inspected, sample } = changes?.columns_only ? columnsOf(found) : found
    if (sample !== null) await store.write(workspace.sample(step, item), sample)
    await writeJson(store, workspace.inspection(step, item), inspected)
    return { records: inspected.inspection.records }
  } catch (error) {
    // the run may continue without a source that cannot be read; the plan names it
    if (!settings.tolerant || !(error instanceof TaskError) || !UNREADABLE.has(error.name)) throw error
    await writeJson(store, workspace.inspection(step, item), { unreadable: error.message } satisfies UnreadableSource)
    return { unreadable: error.message }
  }
}

const UNREADABLE: ReadonlySet<string> = new Set(['Data.Unreadable', 'Data.UnsupportedFormat', 'Data.NoSources'])

/** Stored for a source that could not be read, if the run may continue without it. */
export interface UnreadableSource {
  readonly unreadable: string
}
