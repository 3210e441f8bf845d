/** Settings of an export step. */
import * as z from 'zod'
import { MODES } from '#io/publish/manifest.ts'
import { WRITER_NAMES, WRITTEN_COMPRESSIONS } from '#io/formats/writers/index.ts'
import { atConnection, column, columns, oneOf, text } from '#steps/kind/fields.ts'

const PARTS = ['year', 'month', 'day'] as const

const partition = z.union([
  column,
  z.strictObject({
    column: column.describe('The column.'),
    part: z.enum(PARTS).optional().describe('Only this part of a date or timestamp: year (2024), month (03) or day (07).'),
    as: z.string().min(1).optional().describe('What stands before the `=` of the folder (default: the part, or the name of the column).'),
  }),
])

export const config = z.strictObject({
  to: z
    .union([text.min(1), atConnection('target')])
    .describe(
      'The folder to publish to, created if it does not exist; a file such as out/sales.csv; a table such as sqlite://data/shop.db/orders; or `{connection: …, table: …}`.',
    ),
  mode: oneOf(MODES)
    .default('replace')
    .describe(
      'replace: the output replaces what this pipeline published there before. append: rows are added, to a folder as files of their own. merge: rows with a key that is there take the place of that row, and the others are added; for tables and folders of Parquet files. One file can only be replaced.',
    ),
  keys: columns.optional().describe('The columns that identify a row, for `mode: merge`.'),
  partition_by: z
    .array(partition)
    .min(1)
    .optional()
    .describe(
      'Write one file for each combination of these values, in folders such as `region=East/year=2024`. Columns that are not split into parts are in the names of the folders only. For folders.',
    ),
  format: oneOf(WRITER_NAMES).optional().describe('The format of the files (default: by the name of the file, parquet for a folder).'),
  verify: z
    .literal('row_count')
    .optional()
    .describe(
      'row_count: once the rows are in the table, they are counted there; another number than was published fails the step. For tables.',
    ),
  compression: oneOf(WRITTEN_COMPRESSIONS).optional().describe('The compression (default: snappy for Parquet, none for text).'),
})
