/** Row expressions in the settings of a step. */

/** A row expression in the settings of a step. */
export interface ExpressionUse {
  /** Its path below the step's `with`. */
  readonly path: readonly (string | number)[]
  readonly text: string
  /** The calls it can contain beyond scalar functions. */
  readonly mode: 'row' | 'aggregate' | 'window'
  /** Whether it must be true or false. */
  readonly condition?: boolean
  /** The columns the rows are grouped by: only these can be used outside an aggregate. */
  readonly grouped?: readonly string[]
}
