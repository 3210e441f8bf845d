/** The settings of a detect_changes step. */
import * as z from 'zod'
import { column, duration } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  column: column.describe(
    'The column that separates new rows from those of earlier runs: a date, a timestamp or a number that only grows.',
  ),
  lookback: duration
    .default(0)
    .describe('For dates and timestamps: rows up to this much older than the mark pass once more, for rows that come late.'),
  late: z
    .enum(['include', 'quarantine'])
    .default('include')
    .describe('What happens to the rows within the lookback: `include` passes them on, `quarantine` sends them to quarantine.'),
})
