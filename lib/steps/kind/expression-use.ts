/** Row expressions in the settings of a step. */

/** A row expression found in a step's settings. */
export interface ExpressionUse {
  /** Where it stands, below the step's `with`. */
  readonly path: readonly (string | number)[]
  readonly text: string
  /** Which calls it may hold beyond scalar functions. */
  readonly mode: 'row' | 'aggregate' | 'window'
  /** It must be true or false. */
  readonly condition?: boolean
  /** The columns its rows are grouped by: no other can stand outside an aggregate. */
  readonly grouped?: readonly string[]
}
