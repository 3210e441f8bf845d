/** Settings of a profile step. */
import * as z from 'zod'
import { integer, number } from '#steps/kind/fields.ts'

const METRICS = ['completeness', 'validity', 'uniqueness', 'consistency', 'anomalies'] as const

export const config = z.strictObject({
  metrics: z
    .array(z.enum(METRICS))
    .min(1)
    .optional()
    .describe(
      'What the step reports (default: the four metrics): completeness, validity, uniqueness, consistency, and anomalies: numbers far from the others and rare categories, each with its reason.',
    ),
  top_values: integer(1, 1000).default(10).describe('Number of most frequent values to list per column.'),
  histogram_bins: integer(2, 200).default(20).describe('Number of histogram bins per numeric column.'),
  warn_below: number(0, 1).default(0.9).describe('Completeness below which a source is shown with a warning.'),
})
