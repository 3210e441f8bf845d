/**
 * What the survey knows of a column spares work on each of its cells: of a column with few values all are known, so words that none of
 * them is need not be looked for, and an operation that changes none of them need not be done at all.
 */
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { CellOperation, Options } from '#relational/cells/cell.ts'

/** All texts a cell of a column may be, beside missing; null when they are not known. */
export type Values = ReadonlySet<string> | null

/** The values as written in the sources; the empty text is among them whether any cell is empty or not. */
export const valuesOf = (fact: Pick<ColumnFacts, 'values'> | undefined): Values =>
  fact?.values == null ? null : new Set(['', ...fact.values.map(([value]) => value)])

export interface Narrowed {
  /** The options to work with; null when there is nothing to do. */
  readonly options: Options | null
  /** What the cells may be afterwards. */
  readonly values: Values
}

/** The operation as far as it concerns cells that are one of the values. */
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
