/** What the cells of a column are made of, as far as that tells one nameless column from another. */
import { decide } from './decide.ts'
import type { Evidence } from './evidence.ts'

/** `number`, `text`, a date, `code2`: codes of two letters … Null for a column that shows nothing. */
export function valueShape(evidence: Evidence): string | null {
  const present = evidence.cells - evidence.missing
  if (present === 0) return null
  const { type } = decide('', evidence, { date_order: 'auto' })
  if (type === 'integer' || type === 'decimal') return 'number'
  const code = Object.entries(evidence.codes).find(([, count]) => count >= 0.9 * present)
  return type === 'text' && code !== undefined ? `code${code[0]}` : type
}
