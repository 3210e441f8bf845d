/** A mutant that changes nothing a program could notice, except time and memory, with the reason. It is not tried, and not counted. */
export interface Equivalent {
  readonly file: string
  /** The line it is on, without the white space around it. */
  readonly line: string
  /** The line before, where the file has several such lines. */
  readonly after?: string
  /** `12: < → <=`: the column in that line, what stands there, and what it is replaced by. */
  readonly changes: readonly string[]
  readonly why: string
}
