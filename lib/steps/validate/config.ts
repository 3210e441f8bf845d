/** Settings of a validate step. */
import * as z from 'zod'
import { quarantineFolder } from '#steps/kind/fields.ts'
import { RULES } from './rules/index.ts'

export const config = z.strictObject({
  rules: RULES.schema.array().min(1).describe('The rules.'),
  quarantine: quarantineFolder,
})
