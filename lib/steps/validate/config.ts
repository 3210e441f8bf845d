/** The settings of a validate step. */
import * as z from 'zod'
import { text } from '../fields.ts'
import { RULES } from './rules/index.ts'

export const config = z.strictObject({
  rules: RULES.schema.array().min(1).describe('The demands.'),
  quarantine: text.optional().describe('A folder to publish the quarantined rows to as CSV, besides the file in the run.'),
})
