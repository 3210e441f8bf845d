/** Settings of a lineage step. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import * as z from 'zod'
import { flag, text } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  format: z.literal('openlineage').optional().describe('The format of the events; OpenLineage is the only one.'),
  namespace: text.default('siftstep').describe('The OpenLineage namespace of the job.'),
  columns: flag.default(true).describe('Whether to trace each column.'),
  endpoint: text
    .optional()
    .describe(
      'The URL of an OpenLineage service to send the events to, such as https://marquez.example.com. Events go to its /api/v1/lineage.',
    ),
  api_key: text.optional().describe('The API key of that service, as a secret: `${secret.LINEAGE_KEY}`.'),
})
