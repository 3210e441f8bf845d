/**
 * The second hash of a key: 64 bits of the MD5 of its cells as the survey compares them. Only rows that share the first hash
 * with another row are hashed again, so that equal keys are equal by 128 bits of two independent hashes.
 */
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { type KeyMatch, keyText } from '#relational/operations/key-set.ts'
import { WHITE_PATTERN } from '#relational/types/white-space.ts'
import { nullValuesOf, parseOperation } from '#relational/cells/reading.ts'
import { text } from '#relational/types/sql.ts'

/** A column of the key; `sql` is a plain reference to its cells as read. */
export interface ProvenColumn {
  readonly plan: ColumnPlan
  readonly sql: string
  /** Whether a cell of any row has white space at its ends, and whether any is a null value; true if not counted. */
  readonly padded: boolean
  readonly worded: boolean
}

/**
 * An unsigned 64-bit number. `columns` are those of the key, in a fixed order. Cells are separated by a control character that is escaped
 * within them, so they cannot run together. JSON would work as well, at ten times the cost.
 */
export function keyProof(columns: readonly ProvenColumn[], match?: KeyMatch): string {
  return `md5_number_lower(concat_ws(chr(31), ${columns.map((column) => escaped(cellOf(column, match))).join(', ')}))`
}

const escaped = (cell: string) => `COALESCE(replace(replace(${cell}, chr(30), chr(30) || '0'), chr(31), chr(30) || '1'), chr(30) || '2')`

/**
 * The value of a cell as text; NULL or an empty text if it has none. No subexpression occurs twice: DuckDB would compute it for every row,
 * but the proof is needed for few.
 */
function cellOf({ plan, sql, padded, worded }: ProvenColumn, match: KeyMatch | undefined): string {
  // zero has two representations of the same value
  if (plan.type === 'float') return `CAST(${sql} + 0.0 AS VARCHAR)`
  if (plan.type !== 'text' || parseOperation(plan) !== null) return `CAST(${sql} AS VARCHAR)`
  const said = padded ? keyText(sql, plan.name, match) : match?.folded ? `lower(${sql})` : sql
  const verbatim = plan.dictionary && !plan.padded && !plan.worded && !plan.folded
  if (verbatim) return said
  const words = nullValuesOf(plan).map((word) => (match?.folded ? word.toLowerCase() : word).replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'))
  const around = padded ? WHITE_PATTERN : ''
  return `COALESCE(${worded || padded ? `regexp_replace(${said}, ${text(`^${around}(?:${worded ? words.join('|') : ''})${around}$`)}, '')` : said}, '')`
}
