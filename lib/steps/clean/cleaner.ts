/** The contract of a cleaner: one way of mending cells or rows, one file each. */
import type * as z from 'zod'
import type { ColumnChange } from '../known-columns.ts'
import type { LowerContext, Lowered, Needs } from '../lowering.ts'

export interface Cleaner<Name extends string = string, Config = unknown> {
  readonly name: Name
  /** One sentence. */
  readonly summary: string
  readonly config: z.ZodType<Config>
  needs(config: Config): Needs
  /** The columns it names, where that are not just its `column`, `columns` and `keys`; and those there are after it. */
  columns?(config: Config): ColumnChange
  lower(config: Config, context: LowerContext): Lowered
  /** The setting as it may stand after the name, for the docs and the contract tests. */
  readonly examples: readonly [string, ...string[]]
}

export function defineCleaner<const Name extends string, Config>(cleaner: Cleaner<Name, Config>): Cleaner<Name, Config> {
  return cleaner
}
