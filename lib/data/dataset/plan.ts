/**
 * The plan of a dataset: its sources and layouts, how its columns are read, and the batches that tasks work on. Written once by the step
 * that found or made the dataset. Plain JSON.
 */
import type { ColumnType } from '#relational/types/types.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { PhysicalLayout } from '#io/formats/source.ts'
import { positionBy } from '#core/text/lookup.ts'

export interface DatasetPlan {
  readonly columns: readonly ColumnPlan[]
  readonly sources: readonly Source[]
  readonly layouts: readonly Layout[]
  readonly batches: readonly Batch[]
  /** Records of all sources, including bad ones. */
  readonly records: number
  readonly bytes: number
  /** Parallel tasks per step. */
  readonly workers: number
  readonly distributed: boolean
  /** The uniform sample of records, one text for each source. */
  readonly sample: SamplePlan
  readonly notes: readonly string[]
}

export interface Source {
  /** Short and unique: the file name, or as much of the path as distinguishes it. */
  readonly name: string
  readonly uri: string
  readonly bytes: number
  readonly records: number
  readonly bad: number
  /** The key of its inspection in the run's store. */
  readonly inspection: string
  readonly layout: number
  /** Columns of the dataset that this source lacks. */
  readonly absent: readonly string[]
  /** Columns that have another type here than in the dataset, with that type. */
  readonly other_types: { readonly [column: string]: ColumnType }
  /** Of a part that the run wrote: the batch that it was made of. */
  readonly made_of?: MadeOf
}

/** The batch of a dataset, and the object that says which of its rows became which rows of a part. */
export interface MadeOf {
  readonly dataset: string
  readonly batch: number
  readonly rows: string
}

/** Sources with the same format, columns and column order, which DuckDB reads in one query. */
export interface Layout {
  readonly layout: PhysicalLayout
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  /** Columns in the order of the source. */
  readonly columns: readonly LayoutColumn[]
}

export interface LayoutColumn {
  /** Its name in the source, and the column of the dataset. */
  readonly physical: string
  /** The names down to a field of a struct, if the column is one. */
  readonly path?: readonly string[]
  readonly column: string
  /** Typed sources: the SQL type to cast to, if its own type cannot be used. */
  readonly cast: string | null
  /** Typed sources: its SQL type in the files, which are read together only if it is the same. */
  readonly stored?: string
}

/** The position in a source of a column of the dataset; -1 if the source lacks it. */
export const fieldOf = positionBy(({ column }: LayoutColumn) => column)

/** The work of one task: chunks of one or more sources with the same layout, in the order of the dataset. */
export interface Batch {
  readonly layout: number
  readonly spans: readonly Span[]
  readonly bytes: number
  /** Records without bad ones: the rows that must be read. */
  readonly rows: number
}

export interface Span {
  readonly source: number
  readonly first_chunk: number
  readonly last_chunk: number
  readonly records: number
  readonly rows: number
}

/** Maximum number of sampled records of a dataset, from which estimates are made. */
export const SAMPLE_RECORDS = 20_000

/** The sample of typed files is drawn when it is read: by the hash of a row's number in the dataset. */
export const typedSample = (records: number): SamplePlan => ({
  rows: Math.min(records, SAMPLE_RECORDS),
  complete: records <= SAMPLE_RECORDS,
  threshold: records <= SAMPLE_RECORDS ? 2 ** 32 : Math.floor((2 ** 32 * SAMPLE_RECORDS) / records),
})

export interface SamplePlan {
  /** Sampled records of all sources. */
  readonly rows: number
  /** Whether the sample is the whole dataset. */
  readonly complete: boolean
  /** Records whose hash is below this are in the sample. */
  readonly threshold: number
}
