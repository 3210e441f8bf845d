/** Settings of a discover step. */
import * as z from 'zod'
import { FORMAT_NAMES, SOURCE_OPTIONS } from '#io/formats/index.ts'
import { MONTH_LANGUAGES } from '#relational/types/month-words.ts'
import { atConnection, column, columnType, flag, integer, oneOf, text } from '#steps/kind/fields.ts'

const METADATA = ['schema', 'statistics', 'encoding', 'delimiter', 'compression'] as const

/** A file as a sensor or an export lists it. */
const listedFile = z.looseObject({ uri: text.min(1).describe('Its address.') })

const place = z.union([text, z.array(z.union([text, listedFile])).min(1)])

/** A source with options; those not given are detected. */
export const describedSource = z.strictObject({
  path: place.describe('A file, a folder, a glob pattern, or a list of them.'),
  format: z.enum(FORMAT_NAMES).optional().describe('The format (default: detected from the content).'),
  ...SOURCE_OPTIONS,
  columns: z.array(column).min(1).optional().describe('Column names, in order, instead of those in the header.'),
})

/** Rows in the definition itself. */
const inlineSource = z.strictObject({
  type: z.literal('inline').describe('The rows are written here.'),
  rows: z
    .array(z.record(z.string(), z.unknown()))
    .min(1)
    .describe('The rows, each a mapping of columns to values; a column that a row lacks is missing in it.'),
})

export const config = z.strictObject({
  source: z
    .union([place, describedSource, inlineSource, atConnection('source')])
    .describe(
      'What to read: a path, a folder, a glob pattern, a list of them, or `{path: …, delimiter: …}`; a table such as `sqlite://data/shop.db/orders`, or `{connection: …, table: …}`; the files that a sensor found, `"{{ wait.result.files }}"`; or `{type: inline, rows: […]}`. Each path and pattern must match at least one file.',
    ),
  metadata: z
    .array(z.enum(METADATA))
    .min(1)
    .optional()
    .describe(
      'What the catalogue of the sources, `sources-<step>.json` in the run, says of each besides its name, address, size and version (default: everything): schema, the columns with their types; statistics, the records and those that cannot be read; encoding; delimiter; compression.',
    ),
  chunk_rows: integer(1).default(10_000).describe('Records per chunk, the unit of accounting and of resuming.'),
  types: z.record(z.string(), columnType).default({}).describe('Column types by name; other columns are inferred.'),
  null_values: z.array(z.string()).optional().describe('Cells that mean "no value" (default: empty, NA, N/A, null, none, -, …).'),
  date_order: oneOf(['auto', 'dmy', 'mdy']).default('auto').describe('How to read 01/02/2024 if the data does not show the order.'),
  date_language: oneOf(MONTH_LANGUAGES)
    .optional()
    .describe(
      'The language of months whose names are other months in other languages, such as `listopad` (default: that of the other dates of the column).',
    ),
  skip_unchanged: z
    .boolean()
    .optional()
    .describe(
      'Whether to skip files that have not changed since the last run that published: same address, same size, same ETag or same times of the file (default: false).',
    ),
  allow_empty: flag.default(false).describe('Whether files without rows are allowed. At least one file with column names is required.'),
  require: z
    .strictObject({
      min_rows: integer(1).optional().describe('The smallest number of rows that can be read, of all sources together.'),
      min_sources: integer(1).optional().describe('The smallest number of sources that can be read, with `continue_on_error`.'),
      message: text.min(1).optional().describe('What the run says when there are fewer.'),
    })
    .optional()
    .describe('What the sources must hold; with less, the step fails.'),
})
