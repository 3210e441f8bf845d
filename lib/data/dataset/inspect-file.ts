/** Reads one file through: its form, its records, its chunks, its sample, and what its columns look like. */
import { SAMPLE_RECORDS } from './plan.ts'
import { type Evidence, evidenceOf } from '#relational/infer/evidence.ts'
import { connectorOf, openSource } from '#io/connectors/index.ts'
import type { TableConnector } from '#io/connectors/connector.ts'
import { inspect as inspectSource } from '#io/formats/inspect.ts'
import { LAYOUTS } from '#io/formats/layouts.ts'
import { sampledCells } from './sampled-cells.ts'
import type { Inspection, ReadSettings } from '#io/formats/source.ts'
import { NULL_VALUES } from '#relational/cells/null-values.ts'
import type { ScanRequest } from './scan-request.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { extractTable } from './extract-table.ts'
import { inspectParquet } from './inspect-parquet.ts'
import type { InspectedSource } from './inspected-source.ts'

/** Sampled records of one source, at most; what estimates are made from, and types are inferred from. */
export const SAMPLE = { records: SAMPLE_RECORDS, bytes: 16_000_000 }
/**
 * Of these so many are looked at cell by cell to infer types: of all sources together about as many as the sample of the dataset has, but
 * enough of each to know it by.
 */
const LOOKED_AT = { fewest: 1000, most: 10_000 }
const lookedAt = (sources: number) => Math.min(LOOKED_AT.most, Math.max(LOOKED_AT.fewest, Math.ceil(SAMPLE_RECORDS / sources)))

type FileRequest = Pick<ScanRequest, 'options' | 'read' | 'column_names' | 'chunk_rows' | 'null_values'>

/** Reads one of `sources` files through; `prefix` is where text that has to be rewritten goes. The sample is null for files that bring their own types. */
export async function inspectFile(
  uri: string,
  request: FileRequest,
  prefix: string,
  sources: number,
  context: TaskContext,
): Promise<{ inspected: InspectedSource; sample: Uint8Array | null }> {
  const connector = await connectorOf(uri)
  if (connector.holds === 'tables') return inspectTable(uri, connector, request, `${prefix}-table`, context)
  const source = await openSource(uri)
  const { inspection, sample } = await inspectSource(uri, request.read as ReadSettings, {
    source,
    store: context.store,
    prefix,
    chunk_rows: request.chunk_rows,
    sample: SAMPLE,
  })
  const named = renamed(inspection, request.column_names)
  if (LAYOUTS[inspection.layout].typed) return inspectParquet(named, source, context)
  const evidence = textEvidence(named, sample, lookedAt(sources), request.null_values)
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

/** A table is copied first; what is inspected, and read from then on, is the copy. */
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
  // what a database says of a cell is exact: an empty text is a value, and missing is NULL
  const types = inspected.types?.map((one) => ({ ...one, null_values: [] })) ?? null
  return { inspected: { ...inspected, types }, sample: null }
}

/** What looks like values in the cells of the sample, column by column. */
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

/** The author's names in place of the source's, as far as they go. */
const renamed = (inspection: Inspection, names: readonly string[] | null): Inspection =>
  names === null ? inspection : { ...inspection, columns: inspection.columns.map((name, at) => names[at] ?? name) }
