/**
 * The second hash of a key: 64 bits of the MD5 of what its cells say, standardised as the survey compares them. Only rows that share the
 * first hash with another are hashed again, so that two keys are the same by 128 bits of two hashes that have nothing in common.
 */
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { trimmedSql } from '#relational/types/white-space.ts'
import { nullValuesOf, parseOperation } from '#relational/cells/reading.ts'
import { text } from '#relational/types/sql.ts'

/** A column where the key was compared; `sql` is a plain reference to its cells as read. */
export interface ProvenColumn {
  readonly plan: ColumnPlan
  readonly sql: string
  /** Whether a cell of any row has white space at its ends, and whether one holds a null word; true where that was not counted. */
  readonly padded: boolean
  readonly worded: boolean
}

/**
 * An unsigned 64-bit number. `columns` are those of the key, in any order that is always the same. Cells are set apart by a control
 * character that is escaped within them, so they cannot run into each other. JSON would do it too, at ten times the cost.
 */
export function keyProof(columns: readonly ProvenColumn[]): string {
  return `md5_number_lower(concat_ws(chr(31), ${columns.map((column) => escaped(cellOf(column))).join(', ')}))`
}

const escaped = (cell: string) => `COALESCE(replace(replace(${cell}, chr(30), chr(30) || '0'), chr(31), chr(30) || '1'), chr(30) || '2')`

/**
 * What a cell says, as text; NULL or an empty text when it says nothing. No part of it stands twice: DuckDB computes what stands twice once
 * for every row, and the proof is wanted of few.
 */
function cellOf({ plan, sql, padded, worded }: ProvenColumn): string {
  // zero has two forms, which are the same value
  if (plan.type === 'decimal') return `CAST(${sql} + 0.0 AS VARCHAR)`
  if (plan.type !== 'text' || parseOperation(plan) !== null) return `CAST(${sql} AS VARCHAR)`
  const verbatim = plan.dictionary && !plan.padded && !plan.worded && !plan.folded
  if (verbatim) return sql
  const said = padded ? trimmedSql(sql) : sql
  const nulls = nullValuesOf(plan).map((word) => word.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'))
  const present = `COALESCE(${worded ? `regexp_replace(${said}, ${text(`^(?:${nulls.join('|')})$`)}, '')` : said}, '')`
  return plan.dictionary ? `lower(${present})` : present
}
