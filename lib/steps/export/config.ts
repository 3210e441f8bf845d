/** Settings of an export step. */
import * as z from 'zod'
import { oneOf, text } from '#steps/kind/fields.ts'

const FORMATS = ['parquet', 'csv', 'json', 'ndjson'] as const
const COMPRESSIONS = ['snappy', 'zstd', 'gzip', 'none'] as const

export const config = z.strictObject({
  to: text
    .min(1)
    .describe(
      'The folder to publish to, created if it does not exist. A name such as out/sales.csv is a folder as well; the export warns about it.',
    ),
  format: oneOf(FORMATS).default('parquet').describe('The format of the files.'),
  compression: oneOf(COMPRESSIONS).optional().describe('The compression (default: snappy for Parquet, none for text).'),
})
