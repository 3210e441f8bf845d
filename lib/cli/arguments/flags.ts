/** The flags and arguments a command declares, and their parsed values. */

export interface Positional {
  /** In capitals, as in the usage line. */
  readonly name: string
  readonly help: string
  readonly required: boolean
  /** Its values, where there are only these: what a shell offers. The command checks them. */
  readonly choices?: readonly string[]
  /** Takes several values; only the last positional may. */
  readonly many?: boolean
}

export interface Flag {
  /** Name without the dashes. */
  readonly name: string
  readonly help: string
  /** One letter that may be written in its place: `-n`. */
  readonly short?: string
  /** Kind of value, as in the usage line; a flag without it is boolean. */
  readonly value?: string
  /** Its values, where there are only these: what a shell offers. The command checks them. */
  readonly choices?: readonly string[]
  /** May be repeated. */
  readonly many?: boolean
}

/** The parsed arguments of a command. */
export interface Args {
  readonly positionals: readonly string[]
  /** Whether a boolean flag was given. */
  has(flag: string): boolean
  /** The value of a flag; the last one if it was repeated. */
  value(flag: string): string | undefined
  /** All values of a flag, in order. */
  all(flag: string): readonly string[]
}
