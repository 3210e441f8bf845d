/** The settings of a discover step. */
import * as z from 'zod'
import { FORMAT_NAMES, SOURCE_OPTIONS } from '#io/formats/index.ts'
import { TYPE_SPELLINGS } from '#relational/types/types.ts'
import { column, flag, integer, oneOf, text } from '#steps/kind/fields.ts'

const place = z.union([text, z.array(text).min(1)])

/** A source with its form spelled out; whatever is not given is detected. */
const describedSource = z.strictObject({
  path: place.describe('A file, a folder, a glob pattern, or a list of them.'),
  format: z.enum(FORMAT_NAMES).optional().describe('The format; detected from the content when absent.'),
  ...SOURCE_OPTIONS,
  columns: z.array(column).min(1).optional().describe('Column names, in order, in place of those of the header.'),
})

export const config = z.strictObject({
  source: z
    .union([place, describedSource])
    .describe(
      'What to read: a path, a folder, a glob pattern, a list of them, or `{path: …, delimiter: …}`. Each path and pattern must find a file, whatever the others find.',
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
