/** Settings of a schema step. */
import * as z from 'zod'
import { columns, columnType } from '#steps/kind/fields.ts'

const CHECKS = ['types', 'required', 'relationships'] as const

export const config = z.strictObject({
  checks: z
    .array(z.enum(CHECKS))
    .min(1)
    .optional()
    .describe(
      'What is checked (default: types and required). types: `columns`, and `type_change` of `on_drift`. required: `required`, and `missing_column` of `on_drift`. relationships: whether the values of a key that several sources share are in the source whose rows it identifies.',
    ),
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
        .enum(['widen', 'quarantine', 'fail'])
        .default('widen')
        .describe(
          'If sources have different types for a column: use the wider type; quarantine the rows whose cell does not have the type of most rows; or fail. Integers with decimals, and dates with timestamps, count as equal.',
        ),
    })
    .prefault({})
    .describe('What to do if sources differ.'),
})
