import type { CompiledExpression } from './expressions.ts'

/** What makes two rows the same, and which of them stays. */
export interface KeySet {
  /** Columns that identify a row; null is the whole row. */
  readonly columns: readonly string[] | null
  /** In the order of the sources. */
  readonly keep: 'first' | 'last'
  /** The rows it is about; all when absent. */
  readonly when?: CompiledExpression
}

export const WHOLE_ROW: KeySet = { columns: null, keep: 'first' }
