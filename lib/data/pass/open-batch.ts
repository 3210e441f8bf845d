/** A batch as a relation that DuckDB reads, with a map from its rows back to the records of the sources. */
import { rowsOfChunks } from '#data/dataset/chunk-rows.ts'
import { inspectionOf, sourceOf } from '#data/dataset/inspections.ts'
import { type Batch, type DatasetPlan, fieldOf } from '#data/dataset/plan.ts'
import { type ReadFiles, rawIdentifier, readSql } from '#data/dataset/read-sql.ts'
import { type Spool, spool } from '#io/formats/spool.ts'
import type { SurveyColumn } from '#data/survey/scan.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { TaskContext } from '#io/workspace/context.ts'

export interface OpenBatch {
  /** A SELECT of `r0`, `r1` … and `_file`, rows in the order of the batch. */
  readonly relation: string
  /** The columns of the dataset with their expressions in the relation; columns that the sources lack are NULL. */
  readonly columns: readonly SurveyColumn[]
  readonly files: readonly BatchFile[]
  /** The number of rows the relation must have. */
  readonly rows: number
  /** Folders that DuckDB must be allowed to read. */
  readonly folders: readonly string[]
  /** The source and record of a row of the batch (from 0). */
  origin(row: number): RowOrigin
  release(): Promise<void>
}

export interface BatchFile {
  readonly path: string
  readonly source: number
  readonly spool: Spool
  /** Rows of each of its chunks: the records without bad ones. */
  readonly chunk_rows: readonly number[]
  /** First row of the file in the batch. */
  readonly first_row: number
}

export interface RowOrigin {
  readonly source: number
  readonly record: number
}

export async function openBatch(dataset: DatasetPlan, batch: Batch, context: TaskContext): Promise<OpenBatch> {
  const layout = dataset.layouts[batch.layout]
  if (layout === undefined) throw new Error(`the batch has no layout ${batch.layout}`)
  const files: BatchFile[] = []
  let [rows, longest] = [0, 0]
  for (const span of batch.spans) {
    const inspection = await inspectionOf(dataset, span.source, context)
    const opened = await spool(inspection, span.first_chunk, span.last_chunk, {
      source: sourceOf(inspection),
      store: context.store,
      scratch: context.scratch,
    })
    const chunk_rows = rowsOfChunks(inspection).slice(span.first_chunk, span.last_chunk + 1)
    files.push({ path: opened.path, source: span.source, spool: opened, chunk_rows, first_row: rows })
    rows += opened.records
    longest = Math.max(longest, inspection.longest_record)
  }
  return {
    relation: relationOf(layout, files, longest),
    columns: columnsOf(dataset, batch),
    files,
    rows,
    folders: [...new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf('/'))))],
    origin: (row) => {
      const file = files.findLast(({ first_row }) => first_row <= row)
      if (file === undefined) throw new Error(`the batch has no row ${row}`)
      return { source: file.source, record: file.spool.record(row - file.first_row) }
    },
    release: async () => {
      for (const { spool: opened } of files) await opened.release()
    },
  }
}

/** One read for each run of files with the same start (header, newline); together they keep the order of the batch. */
function relationOf(layout: DatasetPlan['layouts'][number], files: readonly BatchFile[], longest: number): string {
  const runs: { header: boolean; newline: ReadFiles['newline']; paths: string[]; rows: Spool['rows'] }[] = []
  for (const { path, spool: opened } of files) {
    const last = runs.at(-1)
    const alike =
      last !== undefined &&
      last.header === opened.skip_header &&
      last.newline === opened.new_line &&
      last.rows === null &&
      opened.rows === null
    if (alike) last.paths.push(path)
    else runs.push({ header: opened.skip_header, newline: opened.new_line, paths: [path], rows: opened.rows })
  }
  const whole = Math.max(0, ...files.map(({ spool: { one_piece, bytes } }) => (one_piece ? bytes + 64 : 0)))
  return runs.map((run) => readSql(layout, { ...run, longest, whole })).join(' UNION ALL ')
}

function columnsOf(dataset: DatasetPlan, batch: Batch): readonly SurveyColumn[] {
  const layout = dataset.layouts[batch.layout]
  return dataset.columns.map((plan) => {
    const at = layout === undefined ? -1 : fieldOf(layout.columns, plan.name)
    return { plan, sql: at < 0 ? 'CAST(NULL AS VARCHAR)' : rawIdentifier(at) }
  })
}

/** Throws if the parser read another number of rows than the reader counted: two independent counts, with which every account starts. */
export function checkRows(read: number, expected: number, what: string): void {
  if (read === expected) return
  throw new TaskError(
    'Accounting.Imbalance',
    `${what}: ${read.toLocaleString('en')} rows were read, but ${expected.toLocaleString('en')} records were counted`,
    {
      hint: 'the reader and the parser disagree about this source; please report it with the file',
    },
  )
}
