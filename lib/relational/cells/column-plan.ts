/** How a column of the sources is read. Decided once for the whole dataset, checked against every row by the survey. Plain JSON. */
import type { DateOptions } from './parse-date.ts'
import type { NumberFormat } from '#relational/types/number-forms.ts'
import type { Column, ColumnType } from '#relational/types/types.ts'

/** The type that more than half of the cells of a text column have, but not enough to read it so. */
export interface Probably {
  readonly type: ColumnType
  readonly number: NumberFormat | null
  readonly date: DateOptions | null
  /** Texts that mean "no value" in such a column. */
  readonly null_values: readonly string[]
  /** Cells of the sample that are not of the type, of all that have a value, and the first of them. */
  readonly unfit: number
  readonly present: number
  readonly first: string | null
}

export interface ColumnPlan {
  readonly name: string
  readonly type: ColumnType
  /** Every cell of the sample was empty, and no type was given. */
  readonly untyped?: boolean | undefined
  readonly semantic: string | null
  /** Whether its cells are text to be parsed; otherwise they already have the type. */
  readonly from_text: boolean
  /** The texts that mean "no value", including ''; null: the defaults of its type. */
  readonly null_values: readonly string[] | null
  /** Formats for text sources. Parquet sources have their own types; null here. */
  readonly number: NumberFormat | null
  readonly date: DateOptions | null
  /** Text columns: whether `="0002"` is read as 0002. */
  readonly formula_texts?: boolean
  /** Whether the column has so few values that it is measured by its list of values instead of per cell. */
  readonly dictionary: boolean
  /** Dictionary columns: whether some cells are padded, are null values, or are written in several ways for one value that is no text. */
  readonly padded: boolean
  readonly worded: boolean
  readonly folded: boolean
  /** Whether nearly every value may be different, so that not every hash is kept: beyond a limit, distinct values are estimated. */
  readonly sketched: boolean
  /** The type was given, not inferred: the survey must not change it. */
  readonly fixed: boolean
  /** Of a text column: the type that most of its cells have, which a setting reads. */
  readonly otherwise?: ColumnType
  /** Of a text column that is probably of that type: how its cells are tested. */
  readonly probably?: Probably
  /** Notes about the decision for the report. */
  readonly notes: readonly string[]
  /** The notes that call for a decision: shown as warnings. */
  readonly doubts?: readonly string[]
}

/** How cells that already have their type are read: nothing is parsed, and nothing is known of how they are written. */
export const TYPED_CELLS = {
  from_text: false,
  number: null,
  date: null,
  dictionary: false,
  padded: true,
  worded: true,
  folded: false,
  sketched: true,
} as const

/** The plan of a column that already has its type. */
export const computedColumn = ({ name, type, untyped }: Column): ColumnPlan => ({
  name,
  type,
  untyped,
  semantic: type === 'date' || type === 'timestamp' ? type : null,
  ...TYPED_CELLS,
  null_values: null,
  fixed: true,
  notes: [],
})
