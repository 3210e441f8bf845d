/** Inspects one file in full: format, records, chunks, sample, and evidence for the types of its columns. */
import { SAMPLE_RECORDS } from './plan.ts'
import { type Evidence, evidenceOf } from '#relational/infer/evidence.ts'
import { connectorOf, openSource } from '#io/connectors/index.ts'
import type { TableConnector } from '#io/connectors/connector.ts'
import type { ByteSource } from '#io/bytes/source.ts'
import { inspect as inspectSource } from '#io/formats/inspect.ts'
import { LAYOUTS } from '#io/formats/layouts.ts'
import { sampledCells } from './sampled-cells.ts'
import type { Inspection, ReadSettings } from '#io/formats/source.ts'
import { NULL_VALUES } from '#relational/cells/null-values.ts'
import type { ScanRequest } from './scan-request.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { extractTable } from './extract-table.ts'
import { type FetchedFile, fetchFile } from './fetch-file.ts'
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

interface OpenedFile {
  readonly source: ByteSource
  /** Of a file that was fetched into the store. */
  readonly fetched?: FetchedFile
}

/** The copy is what was inspected, unless its text had to be rewritten. */
const asFetched = (inspection: Inspection, { key, sha256, notes, doubts }: FetchedFile): Inspection => ({
  ...inspection,
  fingerprint: sha256,
  staged: inspection.staged ?? key,
  notes: [...notes, ...inspection.notes],
  doubts: [...doubts, ...(inspection.doubts ?? [])],
})

type FileRequest = Pick<ScanRequest, 'options' | 'read' | 'column_names' | 'chunk_rows' | 'null_values'>

export interface InspectedFile {
  readonly inspected: InspectedSource
  /** The text of the sample; null for typed files. */
  readonly sample: Uint8Array | null
}

/** Inspects one of `sources` files; `prefix` is the key for rewritten text. */
export async function inspectFile(
  uri: string,
  request: FileRequest,
  prefix: string,
  sources: number,
  context: TaskContext,
): Promise<InspectedFile> {
  const connector = await connectorOf(uri)
  if (connector.holds === 'tables') return inspectTable(uri, connector, request, `${prefix}-table`, context)
  if (connector.holds === 'downloads') {
    const fetched = await fetchFile(uri, connector, request.options, `${prefix}-download`, context)
    return inspectBytes(uri, { source: await context.store.open(fetched.key), fetched }, request, prefix, sources, context)
  }
  return inspectBytes(uri, { source: await openSource(uri) }, request, prefix, sources, context)
}

async function inspectBytes(
  uri: string,
  { source, fetched }: OpenedFile,
  request: FileRequest,
  prefix: string,
  sources: number,
  context: TaskContext,
): Promise<InspectedFile> {
  const { inspection, sample } = await inspectSource(uri, { ...request.read, ...fetched?.read } as ReadSettings, {
    source,
    store: context.store,
    prefix,
    chunk_rows: request.chunk_rows,
    sample: SAMPLE,
  })
  const named = renamed(fetched === undefined ? inspection : asFetched(inspection, fetched), request.column_names)
  if (LAYOUTS[inspection.layout].typed)
    return inspectParquet(named, source, context, { isAlone: sources === 1, flatten: request.read['flatten'] === true })
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

/** A file as if it had no records: its columns and their types. */
export const columnsOf = ({ inspected: { inspection, evidence, types, sample }, sample: text }: InspectedFile): InspectedFile => ({
  inspected: {
    inspection: { ...inspection, bytes: 0, text_bytes: 0, records: 0, bad: [], cuts: [], chunks: [], notes: [], doubts: [] },
    evidence,
    types,
    sample: { ...sample, numbers: [], ends: [] },
  },
  sample: text === null ? null : new Uint8Array(0),
})

/** Copies a table to the store first; the copy is inspected, and read from then on. */
async function inspectTable(uri: string, connector: TableConnector, request: FileRequest, key: string, context: TaskContext) {
  const { fingerprint, notes, doubts } = await extractTable(uri, connector, request.options, key, context)
  const source = await context.store.open(key)
  const { inspection } = await inspectSource(
    uri,
    {},
    { source, store: context.store, prefix: key, chunk_rows: request.chunk_rows, sample: SAMPLE },
  )
  const copied = { ...inspection, fingerprint, staged: key, notes: [...notes, ...inspection.notes], doubts }
  const { inspected } = await inspectParquet(renamed(copied, request.column_names), source, context)
  // cells of a database are exact: an empty text is a value, and missing is NULL
  const types = inspected.types?.map((one) => ({ ...one, null_values: [] })) ?? null
  return { inspected: { ...inspected, types }, sample: null }
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
