/** Settings of a source that several formats share. A format lists those it has; a setting of one name means the same everywhere. */
import * as z from 'zod'
import { ENCODINGS } from './encodings.ts'
import { MAX_HEADER_ROWS } from './header-rows.ts'
import { ODD_ROWS } from './odd-rows.ts'

export const encoding = z.enum(ENCODINGS).optional().describe('The text encoding; detected when absent.')
export const header = z.boolean().optional().describe('Whether the first record names the columns; detected when absent.')
export const skip_lines = z.int().min(0).optional().describe('Lines before the header (or the first record) that are not data.')
export const header_rows = z
  .int()
  .min(1)
  .max(MAX_HEADER_ROWS)
  .optional()
  .describe('How many rows name the columns; the names of several are joined by a space. Detected when absent.')
export const quarantine_rows = z
  .array(z.enum(ODD_ROWS))
  .optional()
  .describe(
    'Rows that are no data and go to quarantine: `total` (the last rows, if they sum up those above), `blank` (no values), `header` (repeats the header), `second_header` (one more below the header). Without it they are records, and a warning names them.',
  )
export const flatten = z
  .boolean()
  .optional()
  .describe('Whether the fields of nested objects become columns, such as `address.city` (default: false, an object is JSON text).')
