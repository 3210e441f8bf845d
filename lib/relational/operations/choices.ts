/** What a step reports about its choices when its settings become operations. */

/** An automatic choice and its reason, for the report. */
export interface Decision {
  readonly step: string
  readonly rule: string
  readonly column: string
  readonly choice: string
  readonly why: string
  /** The author named this column, but the rule could not be applied to it; the step reports a warning. */
  readonly unmet?: true
}

/** What a rule changes in a column, if the facts have already counted it. */
export interface Claim {
  readonly step: string
  readonly rule: string
  readonly column: string
  readonly cells: number
}
