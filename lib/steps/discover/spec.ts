/** discover: find the sources, read their form, count their records, plan the chunks. */
import * as z from 'zod'
import { TYPE_SPELLINGS } from '../../relation/types.ts'
import { column, flag, integer, oneOf, text } from '../fields.ts'
import { defineStep } from '../step.ts'

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
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin-1']).optional().describe('The text encoding.'),
  columns: z.array(column).min(1).optional().describe('Column names, in order, in place of those of the header.'),
})

export const discover = defineStep({
  kind: 'discover',
  shape: 'scan',
  summary: 'Find the sources, read their form, count their records and plan the chunks.',
  description: `The first step of a pipeline over files. It lists what \`source\` names (a file, a folder, a glob pattern or a list of them),
finds encoding, delimiter, header and column types once for each source, counts every record, and cuts the sources into chunks at true record
boundaries. Records that cannot be rows are set aside with their line and reason. Sources whose columns have nothing in common are refused
with the groups that were found. Nothing matched, or no rows at all, is an error unless \`allow_empty\` says otherwise.`,
  config: z.strictObject({
    source: z
      .union([place, describedSource])
      .describe('What to read: a path, a folder, a glob pattern, a list of them, or `{path: …, delimiter: …}`.'),
    chunk_rows: integer(1).default(10_000).describe('Records in a chunk, the unit of accounting and of resuming.'),
    types: z
      .record(z.string(), z.enum(Object.keys(TYPE_SPELLINGS) as [string, ...string[]]))
      .default({})
      .describe('Column types that are not to be inferred.'),
    null_words: z
      .array(z.string())
      .optional()
      .describe('Cells that mean "no value", in place of the usual ones (empty, NA, N/A, null, none, -, …).'),
    date_order: oneOf(['auto', 'dmy', 'mdy']).default('auto').describe('How 01/02/2024 is read when the data itself does not tell.'),
    allow_empty: flag.default(false).describe('Whether sources without any row are fine.'),
  }),
  result: {
    count: 'How many sources there are.',
    bytes: 'Their size in bytes.',
    records: 'How many records they hold.',
    sources: 'The sources, for `loop.foreach`.',
    columns: 'How many columns the dataset has.',
  },
  examples: [
    { title: 'Every CSV of a folder', yaml: 'id: find\ntype: discover\nwith:\n  source: data/sales/*.csv\n' },
    {
      title: 'A file without a header, and types that are known',
      yaml: 'id: find\ntype: discover\nwith:\n  source: {path: data/routes.dat, header: false, columns: [airline, airline_id, from]}\n  types: {airline_id: text}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).discoverBehaviour,
})
