/** The contract of a cleaner: one way of mending cells or rows, one file each. */
import type * as z from 'zod'
import type { ColumnChange } from '#steps/kind/known-columns.ts'
import type { Figures, LowerContext, Lowered, Needs } from '#steps/kind/lower-context.ts'

export interface Cleaner<Name extends string = string, Config = unknown> {
  readonly name: Name
  /** One sentence. */
  readonly summary: string
  readonly config: z.ZodType<Config>
  needs(config: Config): Needs
  /** The columns it names, where that are not just its `column`, `columns` and `keys`; and those there are after it. */
  columns?(config: Config): ColumnChange
  lower(config: Config, context: LowerContext): Lowered
  /** False when it never changes what a cell says, beyond how reading has understood it; so keys behind it are those of the rows as read. */
  changes(config: Config): boolean
  /** Whether it may change figures of these columns, or of the rows they are taken of; as `changes` when absent. */
  moves?(config: Config, of: Figures | null): boolean
  /** Whether it goes by figures of the column's cells (their mean, their median, the most frequent): then by those of the rows that stand where it stands. */
  figures?(config: Config): Figures | null
  /** The setting as it may stand after the name, for the docs and the contract tests. */
  readonly examples: readonly [string, ...string[]]
}

export function defineCleaner<const Name extends string, Config>(cleaner: Cleaner<Name, Config>): Cleaner<Name, Config> {
  return cleaner
}
