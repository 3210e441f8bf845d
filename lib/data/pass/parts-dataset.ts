/** The parts written by a segment as the dataset of the next. */
import { type DatasetPlan, type MadeOf, type Source, typedSample } from '#data/dataset/plan.ts'
import { INTERMEDIATE_LAYOUT } from '#io/formats/layouts.ts'
import type { Inspection } from '#io/formats/source.ts'
import type { Column } from '#relational/types/types.ts'
import { writeJson } from '#io/workspace/json-store.ts'
import type { Part } from './outcome.ts'
import { INTERMEDIATE } from './pass.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { computedColumn } from '#relational/cells/column-plan.ts'
import { writeDataset } from '#data/dataset/write-dataset.ts'

/** Each part is a source, a batch and a chunk, in the order of the rows. `madeOf`: the batch that each part was made of. */
export async function partsDataset(
  before: Pick<DatasetPlan, 'workers' | 'distributed'>,
  columns: readonly Column[],
  parts: readonly Part[],
  context: TaskContext,
  madeOf: (part: number) => MadeOf | undefined = () => undefined,
) {
  const { store, workspace, step } = context
  const sources: Source[] = []
  for (const [at, { key, rows, bytes }] of parts.entries()) {
    const inspection = partInspection(key, rows, bytes, columns)
    const inspectionKey = workspace.inspection(step, at)
    await writeJson(store, inspectionKey, { inspection, evidence: null, types: null, sample: { threshold: 0, numbers: [], ends: [] } })
    const made_of = madeOf(at)
    sources.push({
      name: `part ${at + 1}`,
      uri: key,
      bytes,
      records: rows,
      bad: 0,
      inspection: inspectionKey,
      layout: 0,
      absent: [],
      other_types: {},
      ...(made_of === undefined ? {} : { made_of }),
    })
  }
  const plan: DatasetPlan = {
    columns: columns.map(computedColumn),
    sources,
    layouts: [
      {
        layout: INTERMEDIATE_LAYOUT,
        delimiter: '',
        quote: '',
        escape: '',
        columns: columns.map(({ name }) => ({ physical: name, column: name, cast: null })),
      },
    ],
    batches: sources.map(({ bytes, records }, source) => ({
      layout: 0,
      spans: [{ source, first_chunk: 0, last_chunk: 0, records, rows: records }],
      bytes,
      rows: records,
    })),
    records: sources.reduce((sum, { records }) => sum + records, 0),
    bytes: sources.reduce((sum, { bytes }) => sum + bytes, 0),
    workers: before.workers,
    distributed: before.distributed,
    sample: typedSample(sources.reduce((sum, { records }) => sum + records, 0)),
    notes: [],
  }
  return writeDataset(plan, context)
}

function partInspection(key: string, rows: number, bytes: number, columns: readonly Column[]): Inspection {
  return {
    uri: key,
    bytes,
    fingerprint: key,
    format: INTERMEDIATE.format,
    layout: INTERMEDIATE_LAYOUT,
    encoding: 'utf-8',
    compression: 'none',
    dialect: null,
    staged: key,
    text_bytes: bytes,
    new_line: '\n',
    columns: columns.map(({ name }) => name),
    records: rows,
    bad: [],
    cuts: [],
    chunks: [{ start: 0, end: bytes, first: 1, line: 0, records: rows }],
    longest_record: 0,
    direct: true,
    one_piece: true,
    notes: [],
  }
}
