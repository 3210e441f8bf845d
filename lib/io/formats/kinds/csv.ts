/** csv: delimited text of any dialect. */
import * as z from 'zod'
import { encoding, header, header_rows, quarantine_rows, skip_lines } from '../options.ts'
import type { FormatKind } from './format.ts'

export const csv: FormatKind = {
  name: 'csv',
  summary: 'Delimited text: comma, tab, semicolon, bar or another delimiter, with or without quotes; the dialect is detected.',
  extensions: ['csv', 'tsv', 'tab', 'psv', 'txt', 'dat'],
  options: z.strictObject({
    delimiter: z.string().min(1).max(2).optional().describe('The character, or the two, between the fields of a delimited file.'),
    quote: z.string().max(1).optional().describe('The quote character; empty when the file quotes nothing.'),
    escape: z
      .string()
      .length(1)
      .optional()
      .describe('The character that escapes a quote inside quotes; with an empty `quote`, a delimiter in a field.'),
    header,
    header_rows,
    skip_lines,
    quarantine_rows,
    comment: z.string().max(1).optional().describe('A line that starts with this character is not data.'),
    encoding,
  }),
  content: 'text',
  layout: 'delimited',
  // any text could be a table of one column
  detect: () => 'possible',
}
