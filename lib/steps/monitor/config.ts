/** The settings of a monitor step. */
import * as z from 'zod'
import { duration, reference, text } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  sla_seconds: z.union([duration, reference]).optional().describe('The run is to be over within this time.'),
  alerts: z
    .array(
      z.strictObject({
        name: text.min(1).describe('What the alert says.'),
        when: text.min(1).describe('The condition over the metrics of the run that raises it.'),
        severity: z.enum(['info', 'warning', 'error']).default('warning').describe('How loud it is.'),
      }),
    )
    .default([])
    .describe('Conditions to watch.'),
})
