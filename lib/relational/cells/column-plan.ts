/** How a column of the sources is read: decided once for the whole dataset, checked against every row by the survey. Plain JSON. */
import type { DateOptions } from './parse-date.ts'
import type { NumberFormat } from './parse-number.ts'
import type { Column, ColumnType } from '#relational/types/types.ts'

export interface ColumnPlan {
  readonly name: string
  readonly type: ColumnType
  /** No cell of the sample had a value, and nobody said the type. */
  readonly untyped?: boolean | undefined
  readonly semantic: string | null
  /** Whether its cells come as text that is to be read; else they come with their type. */
  readonly from_text: boolean
  /** The words that mean "no value" here, '' among them; null: the usual ones of its type. */
  readonly null_values: readonly string[] | null
  /** Text sources: how cells become values. Parquet sources bring their own types, here null. */
  readonly number: NumberFormat | null
  readonly date: DateOptions | null
  /** Whether the column has so few values that it is measured by its list of values instead of cell by cell. */
  readonly dictionary: boolean
  /** Dictionary columns: whether some cells are padded, are null words, or differ in case only. */
  readonly padded: boolean
  readonly worded: boolean
  readonly folded: boolean
  /** Whether nearly every value may be different, so that not every hash is kept: beyond a bound, distinct values are estimated. */
  readonly sketched: boolean
  /** The type was demanded, not inferred: the survey must not change it. */
  readonly fixed: boolean
  /** What a person should know of the decision. */
  readonly notes: readonly string[]
}

/** How a column is measured that comes with its type. */
export const computedColumn = ({ name, type, untyped }: Column): ColumnPlan => ({
  name,
  type,
  untyped,
  semantic: type === 'date' || type === 'timestamp' ? type : null,
  from_text: false,
  null_values: null,
  number: null,
  date: null,
  dictionary: false,
  padded: true,
  worded: true,
  folded: false,
  sketched: true,
  fixed: true,
  notes: [],
})
