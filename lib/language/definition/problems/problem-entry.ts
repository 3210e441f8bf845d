/** An entry in the table of problems. */

export interface ProblemEntry {
  /** One sentence. */
  readonly title: string
  readonly explanation: string
  /** A definition that has this problem and no other; empty if it cannot be shown. */
  readonly example: string
  /** The text itself, if `example` cannot show it. */
  readonly text?: () => string
  /** Inputs of a run, for problems that occur only then. */
  readonly given?: Readonly<Record<string, string>>
  readonly fix: string
}

/** A definition of a few steps, for examples. */
export const pipeline = (steps: string, head = ''): string => `version: 1\nid: sales\n${head}steps:\n${steps}`

export const FIND = '  - {id: find, type: discover, with: {source: data/*.csv}}\n'
