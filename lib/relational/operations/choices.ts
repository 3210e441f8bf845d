/** What a step says of its choices while its settings become operations. */

/** An automatic choice and its reason, for the report. */
export interface Decision {
  readonly step: string
  readonly rule: string
  readonly column: string
  readonly choice: string
  readonly why: string
  /** A column that the author named, and the rule could not be applied to it: the step says so as a warning. */
  readonly unmet?: true
}

/** What a rule changes in a column, where the facts have counted it already. */
export interface Claim {
  readonly step: string
  readonly rule: string
  readonly column: string
  readonly cells: number
}
