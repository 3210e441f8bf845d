/** Cells as exports of spreadsheets write them. */
import { FORMULA_TEXT } from '#relational/cells/formula-text.ts'

const ERRORS: ReadonlySet<string> = new Set([
  '#DIV/0!',
  '#VALUE!',
  '#REF!',
  '#NAME?',
  '#NUM!',
  '#NULL!',
  '#SPILL!',
  '#CALC!',
  '#GETTING_DATA',
])

export const isSpreadsheetError = (cell: string) => cell.startsWith('#') && (ERRORS.has(cell) || /^#{4,}$/.test(cell))

const FORMULA = new RegExp(`^${FORMULA_TEXT}$`)
export const isFormulaText = (cell: string) => cell.startsWith('="') && FORMULA.test(cell)
