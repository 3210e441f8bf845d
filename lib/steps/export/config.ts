/** The settings of an export step. */
import * as z from 'zod'
import { oneOf, text } from '#steps/kind/fields.ts'

const FORMATS = ['parquet', 'csv', 'json', 'ndjson'] as const
const COMPRESSIONS = ['snappy', 'zstd', 'gzip', 'none'] as const

export const config = z.strictObject({
  to: text
    .min(1)
    .describe(
      'The folder to publish to; made when absent. A name such as out/sales.csv is the name of a folder, too: the export warns of it.',
    ),
  format: oneOf(FORMATS).default('parquet').describe('The format of the files.'),
  compression: oneOf(COMPRESSIONS).optional().describe('snappy for Parquet and none for text unless said otherwise.'),
})
