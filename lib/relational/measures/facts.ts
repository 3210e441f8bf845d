/**
 * The results of a survey for a whole dataset: the merged values of all measures, as plain JSON. Steps base their choices on these, never
 * on a single chunk.
 */
import type { Json } from '#core/json.ts'
import type { Probably } from '#relational/cells/column-plan.ts'
import type { ColumnType } from '#relational/types/types.ts'

export interface Facts {
  /** Rows measured: all readable records. */
  readonly rows: number
  readonly columns: readonly ColumnFacts[]
  /** Per key set: rows that repeat an earlier row's key. */
  readonly surplus: readonly number[]
  /** The share of rows with a cell written differently from its column, from the sample. */
  readonly inconsistent: Estimate
  readonly sample: { readonly rows: number; readonly complete: boolean }
}

/** A count, and whether it is exact or estimated from a sample of `of` rows. */
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
  /** Cells that are empty or a null value. */
  readonly missing: number
  /** Cells that are not of the column's type. */
  readonly invalid: number
  /** Of a text column that is probably of another type. */
  readonly probably?: Probably
  /** Cells of the column's type that do not fit its meaning: an e-mail column's "n.n. at home". */
  readonly doubtful: number
  /** Per standardising rule: the cells it would change, and the first of them. */
  readonly effects: { readonly [rule: string]: { readonly cells: number; readonly example: Example | null } }
  readonly distinct: { readonly value: number; readonly exact: boolean; readonly error: number }
  readonly minimum: Json
  readonly maximum: Json
  readonly mean: number | null
  readonly deviation: number | null
  readonly sum: number | null
  /** Every value with its count, most frequent first, if there are few. Values are as written, including white space. */
  readonly values: readonly (readonly [value: string, count: number])[] | null
  /** The null values of this column; they are also among the values. */
  readonly null_values: readonly string[]
  /** Rows of sources without this column; they are included in the missing cells. */
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
  /** Patterns of the text: letters as a or A, digits as 9. */
  readonly patterns: readonly (readonly [pattern: string, count: number])[]
  readonly length: { readonly minimum: number; readonly mean: number; readonly maximum: number } | null
}

export const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const
