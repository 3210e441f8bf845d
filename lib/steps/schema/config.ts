/** The settings of a schema step. */
import * as z from 'zod'
import { TYPE_SPELLINGS } from '#relational/types/types.ts'
import { columns } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  required: columns.optional().describe('Columns every source must have.'),
  columns: z
    .record(z.string(), z.enum(Object.keys(TYPE_SPELLINGS) as [string, ...string[]]))
    .optional()
    .describe('Columns the dataset must have, with their types.'),
  on_drift: z
    .strictObject({
      new_column: z.enum(['evolve', 'fail']).default('evolve').describe('A column only some sources have: keep it, or fail.'),
      missing_column: z
        .enum(['fill', 'fail'])
        .default('fill')
        .describe('A column some sources lack: fill it with missing values there, or fail.'),
      type_change: z
        .enum(['widen', 'fail'])
        .default('widen')
        .describe(
          'Sources disagree on a type: take the wider type, or fail. Integers among decimals and dates among timestamps are no disagreement.',
        ),
    })
    .prefault({})
    .describe('What to do when sources differ.'),
})
