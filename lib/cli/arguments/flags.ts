/** What a command can be given, and what it was given. */

export interface Positional {
  /** In capitals, as in the usage. */
  readonly name: string
  readonly help: string
  readonly required: boolean
  /** Several may be given; only the last positional can be such a one. */
  readonly many?: boolean
}

export interface Flag {
  /** Without the dashes. */
  readonly name: string
  readonly help: string
  /** What its value is, as in the usage; a flag without one is there or not. */
  readonly value?: string
  /** May be given several times. */
  readonly many?: boolean
}

/** The arguments of a command, as given. */
export interface Args {
  readonly positionals: readonly string[]
  /** Whether a flag without a value was given. */
  has(flag: string): boolean
  /** The value of a flag, the last when it was given several times. */
  value(flag: string): string | undefined
  /** Every value of a flag, in order. */
  all(flag: string): readonly string[]
}
