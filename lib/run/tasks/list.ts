/** list: finds the sources. */
import { findFiles, type SourceFiles, withoutOwnOutput } from '#io/connectors/find.ts'
import { TaskError } from '#core/errors/errors.ts'
import { writeJson } from '#io/workspace/json-store.ts'
import { chooseSizing, type ResourceSettings } from '#data/dataset/sizing.ts'
import type { Task, TaskContext } from '#io/workspace/context.ts'
import { type Changes, changesSince } from '#data/dataset/changed-files.ts'
import { pinState } from '#io/state/state.ts'
import { type ListSettings, scanRequest } from './scan-request.ts'

export interface SizedListSettings extends ListSettings {
  readonly resources: ResourceSettings
}

/** The sources, in order; of a scan that skips unchanged files, those that are read. */
export interface SourceList extends SourceFiles {
  readonly changes?: Omit<Changes, 'files'>
}

export const list: Task<SizedListSettings> = async (settings, _item, context) => {
  const { store, workspace, step, pipeline, run } = context
  const { patterns, options, allow_empty, skip_unchanged, inline } = await scanRequest(settings)
  const listed =
    inline !== undefined
      ? await writtenRows(inline, context)
      : await withoutOwn(
          await findFiles(patterns, run.folder, options).catch((error: unknown) => {
            throw allow_empty ? withoutColumns(error) : error
          }),
          pipeline.id,
        )
  const sources = skip_unchanged ? await onlyChanged(listed, patterns, context) : listed
  const { files } = sources
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

/** The listed files without those that have not changed since the last run that published. */
async function onlyChanged(listed: SourceFiles, patterns: readonly string[], context: TaskContext): Promise<SourceList> {
  const { value } = await pinState(context, context.step)
  const { files, ...changes } = changesSince(value, patterns, listed.files, context.step)
  return { files, skipped: listed.skipped, changes }
}

/** The rows of the definition become a file of the run, which is read like any other. */
async function writtenRows(rows: string, { store, workspace, step }: TaskContext): Promise<SourceList> {
  const key = workspace.inline(step)
  await store.write(key, rows)
  const uri = store.address(key) ?? (await store.openLocal(key)).path
  return { files: [{ uri, name: `${step}.ndjson`, bytes: Buffer.byteLength(rows) }], skipped: [] }
}

/** Without a file there are no columns, and later steps would not know their input. */
function withoutColumns(error: unknown): unknown {
  if (!(error instanceof TaskError) || error.name !== 'Data.NoSources') return error
  const { name, message, hint } = error
  return new TaskError(name, message, {
    cause: error,
    hint: `${hint === undefined ? '' : `${hint}; `}allow_empty accepts files without rows, but needs at least one file for the column names`,
  })
}

async function withoutOwn({ files, skipped }: SourceFiles, pipeline: string): Promise<SourceList> {
  const { files: others, own } = await withoutOwnOutput(files, pipeline)
  if (files.length > 0 && others.length === 0) {
    throw new TaskError('Data.NoSources', `all files of the source are output of this pipeline: ${own.join(', ')}`, {
      hint: 'name the input files; to read the output, use a pipeline with another id',
    })
  }
  return {
    files: others,
    skipped: [...skipped, ...own.map((folder) => `${folder} contains output of this pipeline`)],
  }
}
