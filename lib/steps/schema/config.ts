/** Settings of a schema step. */
import * as z from 'zod'
import { columns, columnType } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  required: columns.optional().describe('Columns that every source must have.'),
  columns: z.record(z.string(), columnType).optional().describe('Columns that the dataset must have, with their types.'),
  on_drift: z
    .strictObject({
      new_column: z.enum(['evolve', 'fail']).default('evolve').describe('If most sources lack a column: keep it, or fail.'),
      missing_column: z
        .enum(['fill', 'fail'])
        .default('fill')
        .describe('If some sources lack a column that most have: fill it with missing values, or fail.'),
      type_change: z
        .enum(['widen', 'fail'])
        .default('widen')
        .describe(
          'If sources have different types for a column: use the wider type, or fail. Integers with decimals, and dates with timestamps, count as equal.',
        ),
    })
    .prefault({})
    .describe('What to do if sources differ.'),
})
