/** Settings of a clean step. */
import * as z from 'zod'
import { quarantineFolder } from '#steps/kind/fields.ts'
import { oneKey } from '#steps/kind/one-key.ts'
import { CLEANERS } from './cleaners/index.ts'

export const config = z.strictObject({
  rules: z
    .array(oneKey({ ...CLEANERS.schemas }))
    .min(1)
    .describe('The rules, in order. Each is a mapping with one key.'),
  quarantine: quarantineFolder,
})
