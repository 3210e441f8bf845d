/** How a function is implemented in the reference engine: its arguments in one row give its value. */
import type { ColumnType } from '#relational/types/types.ts'
import type { Cell } from './values.ts'

/** The arguments of a call in one row. */
export interface Call {
  readonly args: readonly Cell[]
  readonly types: readonly ColumnType[]
  /** Arguments that are text or a number before the data. */
  readonly texts: readonly (string | undefined)[]
  readonly numbers: readonly (number | undefined)[]
}

export type Implementation = (call: Call) => Cell

/** A function whose result is missing if an argument is. */
export const strict =
  (apply: (...args: never[]) => Cell): Implementation =>
  ({ args }) =>
    args.includes(null) ? null : apply(...(args as never[]))
