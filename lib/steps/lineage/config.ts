/** The settings of a lineage step. */
import * as z from 'zod'
import { flag, text } from '../fields.ts'

export const config = z.strictObject({
  namespace: text.default('siftstep').describe('The OpenLineage namespace of the job.'),
  columns: flag.default(true).describe('Whether to trace single columns.'),
})
