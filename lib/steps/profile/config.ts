/** The settings of a profile step. */
import * as z from 'zod'
import { integer, number } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  top_values: integer(1, 1000).default(10).describe('How many of the most frequent values to list for a column.'),
  histogram_bins: integer(2, 200).default(20).describe('Bins of the histogram of a numeric column.'),
  warn_below: number(0, 1).default(0.9).describe('A source less complete than this is shown with a warning.'),
})
