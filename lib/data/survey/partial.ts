/** The result of a survey task for one batch, and how results merge. Plain JSON. */
import type { Json } from '#core/json.ts'

/** Measurements of one source in one batch. */
export interface SourcePartial {
  readonly source: number
  readonly rows: number
  readonly columns: { readonly [column: string]: ColumnPartial }
}

/** The states of the measures, for typed text also its values; for a dictionary column only its values. */
export type ColumnPartial =
  | { readonly states: { readonly [measure: string]: Json }; readonly listed?: Values }
  | { readonly values: Values }

/** Values and counts; a null value stands for cells without one. Null as a whole: there were too many. */
export type Values = readonly (readonly [value: string | null, count: number])[] | null

export interface SurveyPartial {
  readonly sources: readonly SourcePartial[]
}

/** With more distinct values than this, a column is measured cell by cell instead of by a list. */
export const MAX_VALUES = 10_000

/** A column with a longer text than this, in bytes, is not listed. */
export const MAX_VALUE_LENGTH = 1_000

/** A list of values has no longer ones, in bytes: it is kept as JSON, and read whole. */
export const MAX_LISTED_LENGTH = 1_000_000

export function mergeValues(a: Values, b: Values): Values {
  if (a === null || b === null) return null
  const counts = new Map<string | null, number>(a)
  for (const [value, count] of b) counts.set(value, (counts.get(value) ?? 0) + count)
  return counts.size > MAX_VALUES ? null : [...counts]
}
