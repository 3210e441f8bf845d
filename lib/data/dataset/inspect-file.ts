/** Inspects one file in full: format, records, chunks, sample, and evidence for the types of its columns. */
import { SAMPLE_RECORDS } from './plan.ts'
import { type Evidence, evidenceOf } from '#relational/infer/evidence.ts'
import { openSource } from '#io/connectors/index.ts'
import { inspect as inspectSource } from '#io/formats/inspect.ts'
import { sampledCells } from './sampled-cells.ts'
import type { Inspection, ReadSettings } from '#io/formats/source.ts'
import { NULL_VALUES } from '#relational/cells/null-values.ts'
import type { ScanRequest } from './scan-request.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { inspectParquet } from './inspect-parquet.ts'
import type { InspectedSource } from './inspected-source.ts'

/** Limits of the sample of one source, from which estimates are made and types are inferred. */
export const SAMPLE = { records: SAMPLE_RECORDS, bytes: 16_000_000 }
/**
 * How many records of a source are checked cell by cell to infer types: for all sources together about the sample of the dataset, but at
 * least 1000 of each.
 */
const EVIDENCE_RECORDS = { min: 1000, max: 10_000 }
const evidenceRecords = (sources: number) =>
  Math.min(EVIDENCE_RECORDS.max, Math.max(EVIDENCE_RECORDS.min, Math.ceil(SAMPLE_RECORDS / sources)))

/** Inspects one of `sources` files; `prefix` is the key for rewritten text. The sample is null for typed files. */
export async function inspectFile(
  uri: string,
  request: Pick<ScanRequest, 'read' | 'column_names' | 'chunk_rows' | 'null_values'>,
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
  const evidence = textEvidence(named, sample, evidenceRecords(sources), request.null_values)
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

/** Evidence for the types of columns, from the cells of the sample. */
function textEvidence(
  inspection: Inspection,
  sample: Parameters<typeof sampledCells>[1],
  most: number,
  nullValues: readonly string[] | null,
): readonly Evidence[] {
  const nulls = new Set<string>(nullValues ?? NULL_VALUES)
  const columns = sampledCells(inspection, sample, most)
  return inspection.columns.map((_, at) => evidenceOf(columns[at] ?? [], nulls))
}

/** Replaces the column names of the source by those of the author, as many as are given. */
const renamed = (inspection: Inspection, names: readonly string[] | null): Inspection =>
  names === null ? inspection : { ...inspection, columns: inspection.columns.map((name, at) => names[at] ?? name) }
