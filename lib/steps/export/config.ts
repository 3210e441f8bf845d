/** The settings of an export step. */
import * as z from 'zod'
import { MODES } from '#io/connectors/target.ts'
import { atConnection, columns, oneOf, text } from '#steps/kind/fields.ts'

const FORMATS = ['parquet', 'csv', 'json', 'ndjson'] as const
const COMPRESSIONS = ['snappy', 'zstd', 'gzip', 'none'] as const

export const config = z.strictObject({
  to: z
    .union([text.min(1), atConnection('target')])
    .describe('The folder to publish to, made when absent; a table such as sqlite://data/shop.db/orders; or `{connection: …, table: …}`.'),
  mode: oneOf(MODES)
    .default('replace')
    .describe(
      'replace: what this pipeline published there before goes. append: rows are added. merge: rows with a known key change that row. A folder can only be replaced.',
    ),
  keys: columns.optional().describe('The columns that identify a row, for `mode: merge`.'),
  format: oneOf(FORMATS).optional().describe('The format of the files (default: parquet). A table has none.'),
  compression: oneOf(COMPRESSIONS)
    .optional()
    .describe('The compression of the files (default: snappy for Parquet, none for text). A table has none.'),
})
