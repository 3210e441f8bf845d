/** excel: one sheet of a workbook, .xlsx or .xls. */
import * as z from 'zod'
import { guessedRecords, type FormatKind } from './format.ts'
import { header } from '../options.ts'
import { signatureOf } from '../signatures.ts'

const NAME = 'excel'

/** A compressed workbook says about so much more than a text of its size. */
const PACKED = 5

export const RANGE = /^\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})$/

export const excelOptions = z.strictObject({
  sheet: z.string().min(1).optional().describe('The name of the sheet to read (default: the first that is not hidden).'),
  range: z.string().regex(RANGE).optional().describe('The cells to read, such as `B3:F200` (default: all).'),
  header_row: z.int().min(1).optional().describe('The row that names the columns; rows above it are not read.'),
  header,
})

export const excel: FormatKind = {
  name: NAME,
  summary: 'One sheet of an Excel workbook (.xlsx, .xls); values as they are stored, not as they are shown.',
  extensions: ['xlsx', 'xlsm', 'xls'],
  options: excelOptions,
  content: 'bytes',
  layout: 'delimited',
  detect: ({ head, tail }) => (signatureOf(head, tail)?.name === NAME ? 'certain' : undefined),
  load: async () => (await import('../excel/rewrite-workbook.ts')).rewriteWorkbook,
  estimate: async ({ size }) => ({ records: guessedRecords(size * PACKED), by: 'guess' }),
}
