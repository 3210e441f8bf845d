import type { CompiledExpression } from './expressions.ts'

/** What makes two rows duplicates, and which of them is kept. */
export interface KeySet {
  /** Columns that identify a row; null is the whole row. */
  readonly columns: readonly string[] | null
  /** By the order of the sources. */
  readonly keep: 'first' | 'last'
  /** The rows it applies to (default: all). */
  readonly when?: CompiledExpression
}

export const WHOLE_ROW: KeySet = { columns: null, keep: 'first' }
