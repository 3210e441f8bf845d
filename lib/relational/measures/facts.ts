/**
 * What a survey found out about a whole dataset: the merged values of all measures, plain JSON. Steps choose by these,
 * never by what a single chunk shows.
 */
import type { Json } from '#core/json.ts'
import type { ColumnType } from '#relational/types/types.ts'

export interface Facts {
  /** Rows measured: the records that could be read. */
  readonly rows: number
  readonly columns: readonly ColumnFacts[]
  /** For each key set: rows that repeat an earlier row's key. */
  readonly surplus: readonly number[]
  /** The share of rows with a cell written unlike its column, from the sample. */
  readonly inconsistent: Estimate
  readonly sample: { readonly rows: number; readonly complete: boolean }
}

/** A count, and whether it is exact or from the sample (then `of` sampled rows). */
export interface Estimate {
  readonly count: number
  readonly of: number
  readonly exact: boolean
}

export interface ColumnFacts {
  readonly name: string
  readonly type: ColumnType
  readonly semantic: string | null
  readonly rows: number
  /** Cells that are empty or a null word. */
  readonly missing: number
  /** Cells that hold something that is not of the column's type. */
  readonly invalid: number
  /** Cells that are of the type but not of the column's meaning: an e-mail column's "n.n. at home". */
  readonly doubtful: number
  /** By standardising rule: cells it would change, and the first such cell. */
  readonly effects: { readonly [rule: string]: { readonly cells: number; readonly example: Example | null } }
  readonly distinct: { readonly value: number; readonly exact: boolean; readonly error: number }
  readonly minimum: Json
  readonly maximum: Json
  readonly mean: number | null
  readonly deviation: number | null
  readonly sum: number | null
  /** Every value with its count, most frequent first, when there are few; the values as written, white space and all. */
  readonly values: readonly (readonly [value: string, count: number])[] | null
  /** The words that mean "no value" here; they are among the values. */
  readonly null_values: readonly string[]
  /** Rows of sources that do not have the column; they are among the missing. */
  readonly absent: number
  /** From the sample; see `Facts.sample`. */
  readonly sampled: SampledFacts
}

export interface Example {
  readonly before: string
  readonly after: string | null
}

export interface SampledFacts {
  /** Non-missing cells sampled. */
  readonly cells: number
  /** Numeric columns: values at 1, 5, 25, 50, 75, 95 and 99 %. */
  readonly quantiles: readonly number[] | null
  /** Median absolute deviation from the median. */
  readonly mad: number | null
  readonly histogram: { readonly from: number; readonly to: number; readonly counts: readonly number[] } | null
  readonly top: readonly (readonly [value: string, count: number])[]
  /** Shapes of the text, letters as a or A, digits as 9. */
  readonly patterns: readonly (readonly [pattern: string, count: number])[]
  readonly length: { readonly minimum: number; readonly mean: number; readonly maximum: number } | null
}

export const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const
