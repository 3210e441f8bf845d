/** Settings of a transform step. */
import * as z from 'zod'
import { rowExpression } from '#steps/kind/fields.ts'
import { oneKey } from '#steps/kind/one-key.ts'
import { OPERATIONS } from './operations/index.ts'

export const config = z.strictObject({
  operations: z
    .union([z.array(oneKey({ ...OPERATIONS.schemas })), z.string()])
    .default([])
    .describe(
      'The operations, in order, each a mapping with one key; or the names of usual ones, separated by commas: `standardize,aggregate,pivot`.',
    ),
  columns: z
    .record(z.string(), rowExpression)
    .default({})
    .describe('Columns to add or replace, with their expressions. Short for an add_column operation at the end.'),
  derive: z
    .enum(['auto', 'none'])
    .default('none')
    .describe('`auto` adds common calculated fields: parts of dates, amounts from quantity and price, days between dates.'),
})
