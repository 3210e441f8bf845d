/** The settings of a discover step. */
import * as z from 'zod'
import { TYPE_SPELLINGS } from '#relational/types/types.ts'
import { atConnection, column, flag, integer, oneOf, text } from '#steps/kind/fields.ts'

const place = z.union([text, z.array(text).min(1)])

/** A source with its form spelled out; whatever is not said is detected. */
const describedSource = z.strictObject({
  path: place.describe('A file, a folder, a glob pattern, or a list of them.'),
  format: z.enum(['csv', 'ndjson', 'json', 'parquet']).optional().describe('The format; detected from the content when absent.'),
  delimiter: z.string().length(1).optional().describe('The character between fields of a delimited file.'),
  quote: z.string().max(1).optional().describe('The quote character; empty when the file quotes nothing.'),
  escape: z.string().length(1).optional().describe('The character that escapes a quote inside quotes.'),
  header: z.boolean().optional().describe('Whether the first record names the columns.'),
  skip_lines: z.int().min(0).optional().describe('Lines before the header (or the first record) that are not data.'),
  comment: z.string().max(1).optional().describe('A line that starts with this character is not data.'),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin-1', 'macintosh']).optional().describe('The text encoding.'),
  columns: z.array(column).min(1).optional().describe('Column names, in order, in place of those of the header.'),
})

export const config = z.strictObject({
  source: z
    .union([place, describedSource, atConnection('source')])
    .describe(
      'What to read: a path, a folder, a glob pattern, a list of them, or `{path: …, delimiter: …}`; a table such as `sqlite://data/shop.db/orders`, or `{connection: …, table: …}`. Each path and pattern must find a file, whatever the others find.',
    ),
  chunk_rows: integer(1).default(10_000).describe('Records in a chunk, the unit of accounting and of resuming.'),
  types: z
    .record(z.string(), z.enum(Object.keys(TYPE_SPELLINGS) as [string, ...string[]]))
    .default({})
    .describe('Column types that are not to be inferred.'),
  null_values: z
    .array(z.string())
    .optional()
    .describe('Cells that mean "no value", in place of the usual ones (empty, NA, N/A, null, none, -, …).'),
  date_order: oneOf(['auto', 'dmy', 'mdy']).default('auto').describe('How 01/02/2024 is read when the data itself does not tell.'),
  allow_empty: flag
    .default(false)
    .describe('Whether files without any row are fine. At least one file must be there, with the names of its columns.'),
})
