/** What a survey task leaves behind for one batch, and what becomes of all of them. Plain JSON. */
import type { Json } from '#core/json.ts'

/** Measured parts of one source in one batch. */
export interface SourcePartial {
  readonly source: number
  readonly rows: number
  readonly columns: { readonly [column: string]: ColumnPartial }
}

/** The states of the measures, and of text that comes with its type also its values; of a dictionary column its values alone. */
export type ColumnPartial =
  | { readonly states: { readonly [measure: string]: Json }; readonly listed?: Values }
  | { readonly values: Values }

/** Value and count; a null value stands for cells without one. Null as a whole: there were too many. */
export type Values = readonly (readonly [value: string | null, count: number])[] | null

export interface SurveyPartial {
  readonly sources: readonly SourcePartial[]
}

/** More different values than this make a list of values a burden; the column is then measured cell by cell. */
export const MAX_VALUES = 10_000

/** A column with a text of more bytes than this is not listed. */
export const MAX_VALUE_LENGTH = 1_000

export function mergeValues(a: Values, b: Values): Values {
  if (a === null || b === null) return null
  const counts = new Map<string | null, number>(a)
  for (const [value, count] of b) counts.set(value, (counts.get(value) ?? 0) + count)
  return counts.size > MAX_VALUES ? null : [...counts]
}
