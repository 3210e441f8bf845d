/** Settings of a monitor step. */
import * as z from 'zod'
import { runDuration, reference, text } from '#steps/kind/fields.ts'
import { GROUPS } from './metrics.ts'

export const config = z.strictObject({
  metrics: z
    .array(z.enum(Object.keys(GROUPS) as [string, ...string[]]))
    .min(1)
    .optional()
    .describe(
      'The groups of metrics to write to metrics.json (default: all but value_distribution): throughput, memory, io, error_rate, validation_failures, completeness, record_count, and value_distribution, the histogram or the most frequent values of each column.',
    ),
  sla_seconds: z.union([runDuration, reference]).optional().describe('Time within which the run must finish.'),
  alerts: z
    .array(
      z.strictObject({
        name: text.min(1).describe('The text of the alert.'),
        when: text
          .min(1)
          .describe(
            'The condition over the metrics of the run, such as `error_rate > 0.01`, `memory_used > 90%` or `row_count outside 3 sigma of last 30 runs`.',
          ),
        severity: z.enum(['info', 'warning', 'error']).default('warning').describe('Severity of the alert.'),
      }),
    )
    .default([])
    .describe('The alerts.'),
})
