/** The contract of a cleaner: one way to fix cells or rows, one file each. */
import type * as z from 'zod'
import type { AssetUse } from '#steps/kind/assets.ts'
import type { ColumnChange } from '#steps/kind/known-columns.ts'
import type { Figures, LowerContext, Lowered, Needs } from '#steps/kind/lower-context.ts'

export interface Cleaner<Name extends string = string, Config = unknown> {
  readonly name: Name
  /** One sentence. */
  readonly summary: string
  readonly config: z.ZodType<Config>
  needs(config: Config): Needs
  /** The columns it names, if those are not just its `column`, `columns` and `keys`, and the columns after it. */
  columns?(config: Config): ColumnChange
  /** The files of the pipeline that its settings name. */
  assets?(config: Config): readonly AssetUse[]
  /** Why the settings cannot be meant, where the schema cannot say it; the path is below the settings. */
  check?(config: Config): readonly { readonly path: readonly (string | number)[]; readonly what: string; readonly hint: string }[]
  lower(config: Config, context: LowerContext): Lowered
  /** False if it never changes the value of a cell beyond what reading did, so that keys after it equal those of the rows as read. */
  changes(config: Config): boolean
  /** The columns in which it cuts white space at the ends of texts, so that keys after it ignore it; all: true. */
  trims?(config: Config): true | readonly string[]
  /** Whether it can change these figures of a column or the rows they are computed from (default: `changes`). */
  moves?(config: Config, of: Figures | null): boolean
  /** The figures of a column that it uses (mean, median, most frequent value); they are measured at its place among the rules. */
  figures?(config: Config): Figures | null
  /** Settings as written after the name, for the docs and the contract tests. */
  readonly examples: readonly [string, ...string[]]
}

export function defineCleaner<const Name extends string, Config>(cleaner: Cleaner<Name, Config>): Cleaner<Name, Config> {
  return cleaner
}
