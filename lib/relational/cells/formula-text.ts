/** formula_text: the text of a formula that only keeps a spreadsheet from reading it as a number: `="0002"` is 0002. */
import { text } from '#relational/types/sql.ts'
import { defineCell } from './cell.ts'

/** The form of such a cell. Quotes within the text are doubled. */
export const FORMULA_TEXT = '="(?:[^"]|"")*"'

const isFormula = (cell: string) => `(starts_with(${cell}, '="') AND regexp_full_match(${cell}, ${text(FORMULA_TEXT)}))`

export const formulaText = defineCell({
  name: 'formula_text',
  summary: 'Takes the text out of a formula such as `="0002"`.',
  type: (before) => before,
  sql: (cell) => `CASE WHEN ${isFormula(cell)} THEN replace(substr(${cell}, 3, length(${cell}) - 3), '""', '"') ELSE ${cell} END`,
  changes: isFormula,
})
