/**
 * Uses the facts of the survey to save work per cell. All values of a column with few values are known, so null values that do not occur
 * need not be looked for, and an operation that changes none of the values is skipped.
 */
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { CellOperation, Options } from '#relational/cells/cell.ts'

/** All possible non-missing texts of a column; null if unknown. */
export type Values = ReadonlySet<string> | null

/** The values as written in the sources; always includes the empty text. */
export const valuesOf = (fact: Pick<ColumnFacts, 'values'> | undefined): Values =>
  fact?.values == null ? null : new Set(['', ...fact.values.map(([value]) => value)])

export interface Narrowed {
  /** The reduced options; null if there is nothing to do. */
  readonly options: Options | null
  /** The possible cells after the operation. */
  readonly values: Values
}

/** Reduces an operation to what matters for cells that are one of the values. */
export function narrow(operation: CellOperation, options: Options, values: Values): Narrowed {
  if (values === null) return { options, values }
  const after = [...values, null].map((cell) => [cell, operation.becomes?.(cell, options)] as const)
  const isKnown = after.every(([, cell]) => cell !== undefined)
  if (isKnown && after.every(([before, cell]) => cell === before)) return { options: null, values }
  return {
    options: operation.narrowed?.(options, values) ?? options,
    values: isKnown ? new Set(after.flatMap(([, cell]) => cell ?? [])) : null,
  }
}
