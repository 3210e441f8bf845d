/** Settings of a validate step. */
import * as z from 'zod'
import { quarantineFolder } from '#steps/kind/fields.ts'
import { RULES } from './rules/index.ts'

export const config = z.strictObject({
  rules: RULES.schema.array().min(1).describe('The rules.'),
  accounting: z
    .literal('strict')
    .optional()
    .describe(
      'strict: the run fails before it publishes unless the rows in are the rows out, quarantined, deduplicated and filtered. This is always so, and cannot be turned off.',
    ),
  quarantine: quarantineFolder,
})
