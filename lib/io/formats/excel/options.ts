/** The settings of workbooks. Apart from the kind, so that what reads them, which is loaded later, can use them too. */
import * as z from 'zod'
import { header, header_rows, quarantine_rows } from '../options.ts'

export const RANGE = /^\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})$/

export const excelOptions = z.strictObject({
  sheet: z.string().min(1).optional().describe('The name of the sheet to read (default: the first that is not hidden).'),
  range: z.string().regex(RANGE).optional().describe('The cells to read, such as `B3:F200` (default: all).'),
  header_row: z.int().min(1).optional().describe('The row that names the columns; rows above it are not read.'),
  header,
  header_rows,
  quarantine_rows,
})
