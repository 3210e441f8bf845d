/** The settings of an export step. */
import * as z from 'zod'
import { DEFAULT_WRITER, WRITER_NAMES, WRITTEN_COMPRESSIONS } from '#io/formats/writers/index.ts'
import { oneOf, text } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  to: text
    .min(1)
    .describe(
      'The folder to publish to; made when absent. A name such as out/sales.csv is the name of a folder, too: the export warns of it.',
    ),
  format: oneOf(WRITER_NAMES).default(DEFAULT_WRITER.name).describe('The format of the files.'),
  compression: oneOf(WRITTEN_COMPRESSIONS).optional().describe('The compression (default: snappy for Parquet, none for text).'),
})
