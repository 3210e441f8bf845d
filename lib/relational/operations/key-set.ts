import { trimmedSql } from '#relational/types/white-space.ts'
import type { CompiledExpression } from './expressions.ts'

/** How the texts of a key are compared; by default they are equal only if they are the same. */
export interface KeyMatch {
  /** Letters in upper and lower case are equal. */
  readonly folded?: true
  /** White space at the ends does not count: in all columns, or in these. */
  readonly trimmed?: true | readonly string[]
}

/** What makes two rows duplicates, and which of them is kept. */
export interface KeySet {
  /** Columns that identify a row; null is the whole row. */
  readonly columns: readonly string[] | null
  /** By the order of the sources. */
  readonly keep: 'first' | 'last'
  /** The rows it applies to (default: all). */
  readonly when?: CompiledExpression
  readonly match?: KeyMatch
}

export const WHOLE_ROW: KeySet = { columns: null, keep: 'first' }

/** Whether white space at the ends of a column does not count. */
export const isTrimmed = ({ trimmed }: KeyMatch, column: string) =>
  trimmed === true || (trimmed?.some((name) => name.toLowerCase() === column.toLowerCase()) ?? false)

/** SQL for a text as it is compared in a key. */
export function keyText(sql: string, column: string, match: KeyMatch = {}): string {
  const said = isTrimmed(match, column) ? trimmedSql(sql) : sql
  return match.folded ? `lower(${said})` : said
}
