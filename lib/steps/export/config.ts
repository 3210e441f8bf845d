/** Settings of an export step. */
import * as z from 'zod'
import { MODES } from '#io/publish/manifest.ts'
import { WRITER_NAMES, WRITTEN_COMPRESSIONS } from '#io/formats/writers/index.ts'
import { atConnection, column, columns, oneOf, size, text } from '#steps/kind/fields.ts'

const FORMATS: [string, ...string[]] = [...WRITER_NAMES, 'database', 'delta']

const check = z.enum(['row_count', 'checksum'])

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
  mode: oneOf([...MODES, 'overwrite_run'])
    .default('replace')
    .describe(
      'replace: the output replaces what this pipeline published there before. append: rows are added, to a folder as files of their own. merge: rows with a key that is there take the place of that row, and the others are added; for tables and folders of Parquet files. One file can only be replaced. overwrite_run: another word for replace.',
    ),
  keys: columns.optional().describe('The columns that identify a row, for `mode: merge`.'),
  partition_by: z
    .union([z.literal('auto'), z.array(partition).min(1)])
    .optional()
    .describe(
      'Write one file for each combination of these values, in folders such as `region=East/year=2024`. Columns that are not split into parts are in the names of the folders only. For folders. `auto` chooses: the year and month of the first column of dates or timestamps; without one, the first text column with 2 to 50 different values, none of them empty; else, and for files and tables, nothing.',
    ),
  format: oneOf(FORMATS)
    .optional()
    .describe(
      'The format of the files (default: by the name of the file, parquet for a folder). `database` is for tables, which need no format. `delta` is not supported by this version: a run that asks for it is refused.',
    ),
  compression: oneOf(WRITTEN_COMPRESSIONS)
    .optional()
    .describe(
      'The compression (default: snappy for Parquet, none for text). Where the format is known only in a run, or is that of a fallback, a compression that the format does not have means its default.',
    ),
  max_file_bytes: size
    .optional()
    .describe('The largest size of a file of a folder: a larger one is written as several, each with consecutive rows. For folders.'),
  indexes: z
    .union([z.enum(['auto', 'none']), columns])
    .optional()
    .describe(
      'What speeds up searches. auto: in a table an index of the `keys`, else of `id` and each column whose name ends in `_id`, and of the dates and timestamps; in Parquet the extremes of each row group and the bloom filters, which are always written. A list: the columns of a table to index, one index each. none: no index in a table.',
    ),
  catalog: z
    .strictObject({
      database: text.min(1).describe('The database, which must exist.'),
      table: text.min(1).describe('The table, which is created, and changed by this pipeline only.'),
    })
    .optional()
    .describe(
      'The table of the AWS Glue Data Catalog that shows the output, as a table of Apache Iceberg: for Athena, Redshift, EMR and others. It is switched from the files of one run to those of the next in one step. For folders of Parquet files in S3.',
    ),
  verify: z
    .union([check, z.array(check).min(1)])
    .optional()
    .describe(
      'What is checked once everything is published, by reading it again. row_count: the rows of each file, or of the table, against the account of the run. checksum: the bytes of each file against the SHA-256 of what was written; for a table each row against the rows that were loaded, before they become visible. A difference fails the step.',
    ),
})
