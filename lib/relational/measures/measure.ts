/**
 * The contract of a measure: a statistic of a column as a mergeable accumulator. `sql` computes the accumulator's parts of
 * one chunk in DuckDB; the parts become a state of plain JSON; states merge in any grouping to the same state (a commutative
 * monoid, `create` being its neutral element), so chunks do not matter. After deequ's analyzers.
 */
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { Json } from '#core/json.ts'

/** The SQL of a column as a measure sees it; all are plain column references. */
export interface Cells {
  /** As in the source, text. */
  readonly raw: string
  /** Without white space at the ends. */
  readonly trimmed: string
  /** NULL where the cell is missing; still text. */
  readonly present: string
  /** The value in the column's type; NULL where it is missing or is not of the type. For text the same as `present`. */
  readonly value: string
  /** 64-bit hash of the value. */
  readonly hash: string
  /** How many cells a row stands for: '1', or the count column of a list of values. */
  readonly weight: string
  /** Of a list of values: whether they stand in the order in which they first occur. */
  readonly in_order?: boolean
}

/** Whether the first of several cells is the one that comes first in the source. */
export const isOrdered = ({ weight, in_order = weight === '1' }: Cells) => in_order

/** The first of the cells that meet a condition; of a list of values without an order, the most frequent one. */
export const firstWhere = (shown: string, condition: string, cells: Cells) =>
  isOrdered(cells) ? `any_value(${shown}) FILTER (WHERE ${condition})` : `arg_max(${shown}, ${cells.weight}) FILTER (WHERE ${condition})`

/** Takes the values of a column in: exact sums, sets of hashes, and whatever else SQL has no aggregate for that any order leaves the same. */
export interface Collector<State extends Json = Json> {
  /** The values from row `from` to before row `to`, each standing for as many cells as its count says, 0 for none. */
  add(values: Float64Array | BigUint64Array, counts: Float64Array, from: number, to: number): void
  state(): State
}

/** What a collector is given of each cell: its number, or the hash of its value. Cells without one have the count 0. */
export type Collected = 'number' | 'hash'

export interface Measure<State extends Json = Json, Value = Json> {
  readonly name: string
  /** One sentence. */
  readonly summary: string
  appliesTo(column: ColumnPlan): boolean
  /** Aggregate expressions by part name. The parts of a state with the same name come back as JSON. */
  sql(cells: Cells, column: ColumnPlan): { readonly [part: string]: string }
  /** In place of aggregates: the state is made outside of SQL. `records` is the number of records of the whole dataset. */
  readonly collect?: { readonly of: Collected; create(column: ColumnPlan, records: number): Collector<State> }
  read(parts: { readonly [part: string]: Json }): State
  create(): State
  merge(a: State, b: State): State
  value(state: State, column: ColumnPlan): Value
}

export function defineMeasure<State extends Json, Value>(measure: Measure<State, Value>): Measure<State, Value> {
  return measure
}

/** Number of cells for which a condition is true. */
export const countWhere = (condition: string, { weight }: Cells) =>
  weight === '1' ? `count(*) FILTER (WHERE ${condition})` : `COALESCE(sum(${weight}) FILTER (WHERE ${condition}), 0)::BIGINT`

/** JSON numbers of DuckDB: integers beyond 2^53 and HUGEINT come as text. */
export const toNumber = (value: Json | undefined) => Number(value ?? 0)
