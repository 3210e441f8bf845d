/**
 * The plan of a dataset: its sources, how each is laid out, how its columns are read, and the batches tasks work on.
 * Written once by the step that found or made the dataset; everything after reads by it. Plain JSON.
 */
import type { ColumnType } from '#relational/types/types.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { PhysicalLayout } from '#io/formats/layouts.ts'
import { positionBy } from '#core/text/lookup.ts'

export interface DatasetPlan {
  readonly columns: readonly ColumnPlan[]
  readonly sources: readonly Source[]
  readonly layouts: readonly Layout[]
  readonly batches: readonly Batch[]
  /** Records of all sources, bad ones counted. */
  readonly records: number
  readonly bytes: number
  /** Tasks of a step at a time. */
  readonly workers: number
  readonly distributed: boolean
  /** The uniform sample of records, one text for each source. */
  readonly sample: SamplePlan
  readonly notes: readonly string[]
}

export interface Source {
  /** Short, unique: the file name, or as much of the path as tells it from the others. */
  readonly name: string
  readonly uri: string
  readonly bytes: number
  readonly records: number
  readonly bad: number
  /** Where its inspection is in the run's store. */
  readonly inspection: string
  readonly layout: number
  /** Columns of the dataset this source lacks. */
  readonly absent: readonly string[]
  /** Columns that hold another type here than in the dataset, and which. */
  readonly other_types: { readonly [column: string]: ColumnType }
}

/** Sources written the same way with the same columns in the same order; DuckDB reads them in one go. */
export interface Layout {
  readonly layout: PhysicalLayout
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  /** Columns in the order of the source: the name there, and the dataset's column. */
  readonly columns: readonly LayoutColumn[]
}

export interface LayoutColumn {
  /** Its name in the source, and the dataset's column it is. */
  readonly physical: string
  readonly column: string
  /** Typed sources: the SQL type to read it as, where it is not to be taken as it is. */
  readonly cast: string | null
}

/** The position in a source of the dataset's column; -1 where the source does not have it. */
export const fieldOf = positionBy(({ column }: LayoutColumn) => column)

/** What one task takes: chunks of one or more sources of the same layout, in the order of the dataset. */
export interface Batch {
  readonly layout: number
  readonly spans: readonly Span[]
  readonly bytes: number
  /** Records, bad ones left out: the rows that must be read. */
  readonly rows: number
}

export interface Span {
  readonly source: number
  readonly first_chunk: number
  readonly last_chunk: number
  readonly records: number
  readonly rows: number
}

/** Sampled records of a dataset, at most: what estimates are made from. */
export const SAMPLE_RECORDS = 20_000

/** The sample of typed files, drawn when it is read: by the hash of a row's number in the dataset. */
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
  /** Records whose hash lies below this are in the sample. */
  readonly threshold: number
}
