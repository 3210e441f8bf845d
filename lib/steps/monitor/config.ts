/** Settings of a monitor step. */
import * as z from 'zod'
import { reference, runDuration, text } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  sla_seconds: z.union([runDuration, reference]).optional().describe('Time within which the run must finish.'),
  alerts: z
    .array(
      z.strictObject({
        name: text.min(1).describe('The text of the alert.'),
        when: text.min(1).describe('The condition over the metrics of the run, such as `error_rate > 0.01`.'),
        severity: z.enum(['info', 'warning', 'error']).default('warning').describe('Severity of the alert.'),
      }),
    )
    .default([])
    .describe('The alerts.'),
})
