/** Text columns that are probably of a type: the SQL condition that a cell is not. */
import type { Probably } from '#relational/cells/column-plan.ts'
import { computedColumn } from '#relational/cells/column-plan.ts'
import { stages } from '#relational/cells/reading.ts'
import { isOneOf } from '#relational/types/sql.ts'

/** `cell` is a plain reference to a text without white space at its ends; NULL has no value and counts as fitting. */
export function isUnfit(cell: string, { type, number, date, null_values }: Probably): string {
  const value = stages.value(cell, { ...computedColumn({ name: '', type }), from_text: true, number, date })
  return `(CASE WHEN ${cell} IS NULL OR ${isOneOf(cell, null_values)} THEN FALSE ELSE ${value} IS NULL END)`
}
