/** inspect: reads one source through: its form, its records, its chunks, its sample, and what its columns look like. */
import { SAMPLE_RECORDS } from '../dataset/plan.ts'
import { evidenceOf } from '../infer/evidence.ts'
import type { Evidence } from '../infer/evidence.ts'
import { openSource } from '../connectors/index.ts'
import { inspect as inspectSource } from '../reader/inspect.ts'
import { sampledCells } from './sampled-cells.ts'
import type { Inspection, ReadSettings, Sample } from '../reader/source.ts'
import { NULL_WORDS } from '../relation/cells/null-words.ts'
import { TaskError } from '../runtime/errors.ts'
import { readJson, writeJson } from '../workspace/json-store.ts'
import type { ScanBehaviour } from '../steps/behaviour.ts'
import type { ScanRequest } from '../dataset/scan-request.ts'
import { kindOf } from '../steps/index.ts'
import type { Task, TaskContext } from '../workspace/context.ts'
import type { ListSettings, SourceList } from './list.ts'
import { inspectParquet, type TypedColumn } from './inspect-parquet.ts'

/** Sampled records of one source, at most; what estimates are made from, and types are inferred from. */
export const SAMPLE = { records: SAMPLE_RECORDS, bytes: 16_000_000 }
/**
 * Of these so many are looked at cell by cell to infer types: of all sources together about as many as the sample of the dataset has, but
 * enough of each to know it by.
 */
const LOOKED_AT = { fewest: 1000, most: 10_000 }
const lookedAt = (sources: number) => Math.min(LOOKED_AT.most, Math.max(LOOKED_AT.fewest, Math.ceil(SAMPLE_RECORDS / sources)))

export interface InspectedSource {
  readonly inspection: Inspection
  /** Columns of text: what their cells look like. Typed columns: their types. */
  readonly evidence: readonly Evidence[] | null
  readonly types: readonly TypedColumn[] | null
  readonly sample: Omit<Sample, 'text'>
}

export const inspect: Task<ListSettings> = async (settings, item, context) => {
  const { store, workspace, step } = context
  const request = await scanRequest(settings)
  const { files } = await readJson<SourceList>(store, workspace.sources(step))
  const file = files[item]
  if (file === undefined) throw new Error(`there is no source ${item}`)
  try {
    const { inspected, sample } = await inspectFile(file.uri, request, workspace.staged(step, item), files.length, context)
    if (sample !== null) await store.write(workspace.sample(step, item), sample)
    await writeJson(store, workspace.inspection(step, item), inspected)
    return { records: inspected.inspection.records }
  } catch (error) {
    // the run may go on without a source nobody can read; the plan names it
    if (!settings.tolerant || !(error instanceof TaskError) || !UNREADABLE.has(error.name)) throw error
    await writeJson(store, workspace.inspection(step, item), { unreadable: error.message } satisfies UnreadableSource)
    return { unreadable: error.message }
  }
}

const UNREADABLE: ReadonlySet<string> = new Set(['Data.Unreadable', 'Data.UnsupportedFormat', 'Data.NoSources'])

/** Left behind for a source that could not be read, where the run may go on without it. */
export interface UnreadableSource {
  readonly unreadable: string
}

/** Reads one of `sources` files through; `prefix` is where text that has to be rewritten goes. The sample is null for files that bring their own types. */
export async function inspectFile(
  uri: string,
  request: Pick<ScanRequest, 'read' | 'column_names' | 'chunk_rows' | 'null_words'>,
  prefix: string,
  sources: number,
  context: TaskContext,
): Promise<{ inspected: InspectedSource; sample: Uint8Array | null }> {
  const source = await openSource(uri)
  const { inspection, sample } = await inspectSource(uri, request.read as ReadSettings, {
    source,
    store: context.store,
    prefix,
    chunk_rows: request.chunk_rows,
    sample: SAMPLE,
  })
  const named = renamed(inspection, request.column_names)
  if (inspection.format === 'parquet') return inspectParquet(named, source, context)
  const evidence = textEvidence(named, sample, lookedAt(sources), request.null_words)
  return {
    inspected: {
      inspection: named,
      evidence,
      types: null,
      sample: { threshold: sample.threshold, numbers: sample.numbers, ends: sample.ends },
    },
    sample: sample.text,
  }
}

/** What looks like values in the cells of the sample, column by column. */
function textEvidence(
  inspection: Inspection,
  sample: Parameters<typeof sampledCells>[1],
  most: number,
  nullWords: readonly string[] | null,
): readonly Evidence[] {
  const words = new Set<string>(nullWords ?? NULL_WORDS)
  const columns = sampledCells(inspection, sample, most)
  return inspection.columns.map((_, at) => evidenceOf(columns[at] ?? [], words))
}

export async function scanRequest({ type, with: settings }: ListSettings) {
  const kind = kindOf(type)
  if (kind === undefined) throw new Error(`no step kind is called ${type}`)
  return ((await kind.load()) as ScanBehaviour).sources(settings)
}

/** The author's names in place of the source's, as far as they go. */
const renamed = (inspection: Inspection, names: readonly string[] | null): Inspection =>
  names === null ? inspection : { ...inspection, columns: inspection.columns.map((name, at) => names[at] ?? name) }
