/** Settings of an export step. */
import * as z from 'zod'
import { MODES } from '#io/connectors/target.ts'
import { WRITER_NAMES, WRITTEN_COMPRESSIONS } from '#io/formats/writers/index.ts'
import { atConnection, columns, oneOf, text } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  to: z
    .union([text.min(1), atConnection('target')])
    .describe(
      'The folder to publish to, created if it does not exist; a file such as out/sales.csv; a table such as sqlite://data/shop.db/orders; or `{connection: …, table: …}`.',
    ),
  mode: oneOf(MODES)
    .default('replace')
    .describe(
      'replace: the output replaces what this pipeline published there before. append: rows are added. merge: rows with a key that is there update that row. Folders and files can only be replaced.',
    ),
  keys: columns.optional().describe('The columns that identify a row, for `mode: merge`.'),
  format: oneOf(WRITER_NAMES).optional().describe('The format of the files (default: by the name of the file, parquet for a folder).'),
  compression: oneOf(WRITTEN_COMPRESSIONS).optional().describe('The compression (default: snappy for Parquet, none for text).'),
})
