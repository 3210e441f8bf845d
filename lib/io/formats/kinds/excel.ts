/** excel: one sheet of a workbook, .xlsx or .xls. */
import { guessedRecords, type FormatKind } from './format.ts'
import { excelOptions } from '../excel/options.ts'
import { signatureOf } from '../signatures.ts'

const NAME = 'excel'

/** A compressed workbook says about so much more than a text of its size. */
const PACKED = 5

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
