/**
 * The contract of a measure: a statistic of a column as a mergeable accumulator. `sql` computes the accumulator's parts for one chunk in
 * DuckDB. The parts become a state of plain JSON. States merge to the same state in any grouping (a commutative monoid with `create` as its
 * neutral element), so chunks do not matter. After deequ's analyzers.
 */
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { Json } from '#core/json.ts'

/** The SQL of a column for a measure. All are plain column references. */
export interface Cells {
  /** As in the source; text. */
  readonly raw: string
  /** Without white space at the ends. */
  readonly trimmed: string
  /** NULL where the cell is missing; still text. */
  readonly present: string
  /** The value in the column's type; NULL if missing or not of the type. For text the same as `present`. */
  readonly value: string
  /** 64-bit hash of the value. */
  readonly hash: string
  /** How many cells a row represents: '1', or the count column of a list of values. */
  readonly weight: string
  /** For a list of values: whether it is in the order of first occurrence. */
  readonly in_order?: boolean
}

/** Whether the first of several cells is also the first in the source. */
export const isOrdered = ({ weight, in_order = weight === '1' }: Cells) => in_order

/** The first cell that meets a condition; for an unordered list of values, the most frequent one. */
export const firstWhere = (shown: string, condition: string, cells: Cells) =>
  isOrdered(cells) ? `any_value(${shown}) FILTER (WHERE ${condition})` : `arg_max(${shown}, ${cells.weight}) FILTER (WHERE ${condition})`

/** Collects the values of a column: exact sums, sets of hashes, and other order-independent results for which SQL has no aggregate. */
export interface Collector<State extends Json = Json> {
  /** Adds the values of rows `from` to `to` (exclusive), each for as many cells as its count says, possibly 0. */
  add(values: Float64Array | BigUint64Array, counts: Float64Array, from: number, to: number): void
  state(): State
}

/** What a collector receives per cell: its number, or the hash of its value. Cells without one have the count 0. */
export type Collected = 'number' | 'hash'

export interface Measure<State extends Json = Json, Value = Json> {
  readonly name: string
  /** One sentence. */
  readonly summary: string
  appliesTo(column: ColumnPlan): boolean
  /** Aggregate expressions by part name. The results arrive as JSON under the same names. */
  sql(cells: Cells, column: ColumnPlan): { readonly [part: string]: string }
  /** Replaces the aggregates: the state is built outside of SQL. `records` is the number of records of the whole dataset. */
  readonly collect?: { readonly of: Collected; create(column: ColumnPlan, records: number): Collector<State> }
  read(parts: { readonly [part: string]: Json }): State
  create(): State
  merge(a: State, b: State): State
  value(state: State, column: ColumnPlan): Value
}

export function defineMeasure<State extends Json, Value>(measure: Measure<State, Value>): Measure<State, Value> {
  return measure
}

/** The number of cells for which a condition is true. */
export const countWhere = (condition: string, { weight }: Cells) =>
  weight === '1' ? `count(*) FILTER (WHERE ${condition})` : `COALESCE(sum(${weight}) FILTER (WHERE ${condition}), 0)::BIGINT`

/** Numbers of DuckDB in JSON: integers beyond 2^53 and HUGEINT are text. */
export const toNumber = (value: Json | undefined) => Number(value ?? 0)
