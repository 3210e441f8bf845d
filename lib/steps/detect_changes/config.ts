/** The settings of a detect_changes step. */
import * as z from 'zod'
import { column, columns, duration } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  column: column.describe(
    'The column that separates new rows from those of earlier runs: a date, a timestamp or a number that only grows.',
  ),
  since: z
    .union([z.string().min(1), z.number(), z.null()])
    .optional()
    .describe(
      'Rows above this are new, even where earlier runs have reached more: a date, a timestamp or a number, or a reference such as `{{ last_run_timestamp }}`. Null says nothing, as in a first run (default: only the mark decides).',
    ),
  keys: columns
    .optional()
    .describe(
      'The columns that identify a record: of several new rows with the same key only the last passes, in the order of the sources, and the others count as duplicates.',
    ),
  lookback: duration
    .default(0)
    .describe('For dates and timestamps: rows up to this much older than the mark pass once more, for rows that come late.'),
  late: z
    .enum(['include', 'quarantine'])
    .default('include')
    .describe('What happens to the rows within the lookback: `include` passes them on, `quarantine` sends them to quarantine.'),
})
