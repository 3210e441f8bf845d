/** The contract of an operation: one way to change rows or columns; a file holds one or a family of them. */
import type * as z from 'zod'
import type { AcrossOp, Op } from '#relational/operations/ops.ts'
import type { LowerContext } from '#steps/kind/lower-context.ts'
import type { ColumnChange } from '#steps/kind/known-columns.ts'
import type { ExpressionUse } from '#steps/kind/expression-use.ts'

interface OperationUnit<Name extends string, Config> {
  readonly name: Name
  readonly summary: string
  readonly config: z.ZodType<Config>
  expressions(config: Config): readonly ExpressionUse[]
  /** The columns it names besides those in its expressions, and the columns after it. */
  columns?(config: Config): ColumnChange
  /** The other files it reads. */
  reads?(config: Config): readonly string[]
  /** Settings as written after the name. */
  readonly examples: readonly [string, ...string[]]
}

/** An operation on single rows. */
export interface RowOperation<Name extends string = string, Config = unknown> extends OperationUnit<Name, Config> {
  readonly across: false
  lower(config: Config, context: LowerContext): readonly Op[]
}

/** An operation across rows. */
export interface AcrossOperation<Name extends string = string, Config = unknown> extends OperationUnit<Name, Config> {
  readonly across: true
  lower(config: Config, context: LowerContext): readonly AcrossOp[]
}

export type Operation = RowOperation | AcrossOperation

export const defineRowOperation = <const Name extends string, Config>(
  operation: Omit<RowOperation<Name, Config>, 'across'>,
): RowOperation<Name, Config> => ({
  ...operation,
  across: false,
})

export const defineAcrossOperation = <const Name extends string, Config>(
  operation: Omit<AcrossOperation<Name, Config>, 'across'>,
): AcrossOperation<Name, Config> => ({ ...operation, across: true })

/** The expressions of a mapping from column names to expressions. */
export const usesOf = (
  columns: Readonly<Record<string, string>>,
  mode: ExpressionUse['mode'],
  path: readonly string[] = [],
): readonly ExpressionUse[] => Object.entries(columns).map(([name, text]) => ({ path: [...path, name], text, mode }))
