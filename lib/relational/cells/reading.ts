/**
 * Reads a column: from the text of the source to values. The survey and the segments use the same expressions, so what was measured is what
 * is processed.
 */
import type { Once } from '#relational/types/sql.ts'
import { cellOperation } from './index.ts'
import { NULL_VALUES, TEXT_NULL_VALUES } from './null-values.ts'
import type { Options } from './cell.ts'
import type { ColumnPlan } from './column-plan.ts'

/** The operation that parses non-missing text into the column's type; null for text. */
export function parseOperation(column: ColumnPlan): { readonly cell: string; readonly options: Options } | null {
  if (!column.from_text) return null
  switch (column.type) {
    case 'integer':
      return column.number === null ? null : { cell: 'parse_integer', options: column.number }
    case 'decimal':
      return column.number === null ? null : { cell: 'parse_decimal', options: column.number }
    case 'boolean':
      return { cell: 'parse_boolean', options: {} }
    case 'date':
    case 'timestamp':
      return column.date === null ? null : { cell: 'parse_date', options: column.date }
    case 'text':
      return column.formula_texts === true ? { cell: 'formula_text', options: {} } : null
  }
}

/** The null values of a column. */
export const nullValuesOf = ({ type, null_values }: Pick<ColumnPlan, 'type' | 'null_values'>): readonly string[] =>
  null_values ?? (type === 'text' ? TEXT_NULL_VALUES : NULL_VALUES)

/** SQL for the stages of reading. Each takes a plain reference to the previous stage. */
export const stages = {
  trimmed: (raw: string) => cellOperation('trim').sql(raw, {}, 'text'),
  present: (trimmed: string, column: ColumnPlan) => cellOperation('null_values').sql(trimmed, { tokens: nullValuesOf(column) }, 'text'),
  value: (present: string, column: ColumnPlan, once?: Once) => {
    const parse = parseOperation(column)
    return parse === null ? present : cellOperation(parse.cell).sql(present, parse.options, 'text', once)
  },
}

/** The standardising rules that reading applies, or that text columns are ready for, with the condition that they change a cell. */
export function readingRules(
  column: ColumnPlan,
  cells: { readonly raw: string; readonly trimmed: string; readonly present: string },
): readonly { readonly rule: string; readonly changes: string }[] {
  const parse = parseOperation(column)
  const changesOf = (cell: string, reference: string, options: Options) =>
    cellOperation(cell).changes?.(reference, options, 'text') ?? 'FALSE'
  const rules = [
    { rule: 'whitespace', changes: changesOf('trim', cells.raw, {}) },
    { rule: 'null_values', changes: changesOf('null_values', cells.trimmed, { tokens: nullValuesOf(column) }) },
  ]
  if (parse === null) return rules
  const changes = changesOf(parse.cell, cells.present, parse.options)
  return changes === 'FALSE' ? rules : [...rules, { rule: formatRule(column), changes }]
}

/** The rule that counts a rewritten format. */
function formatRule(column: ColumnPlan): string {
  if (column.date !== null) return 'dates'
  if (column.type === 'boolean') return 'booleans'
  if (column.type === 'text') return 'formula_texts'
  return (column.number?.symbols.length ?? 0) > 0 ? 'currency' : 'numbers'
}
