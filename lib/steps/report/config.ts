/** The settings of a report step. */
import * as z from 'zod'
import { integer, rowExpression, text } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  from: text.min(1).optional().describe('The step whose rows the report is about: an export, or a step that works on rows.'),
  combine: z.array(text.min(1)).min(1).optional().describe('Report steps whose reports become one, in this order.'),
  title: text.min(1).optional().describe('The heading (default: the name of the step).'),
  stats: z
    .record(z.string().min(1), rowExpression)
    .default({})
    .describe('Figures over all rows by name: aggregate expressions such as `count(*)`, `sum(amount)`, `count(distinct user_id)`.'),
  sample_rows: integer(0, 1000).default(0).describe('How many of the first rows to show.'),
  to: text.min(1).describe('The file to write: `.txt`, `.md` or `.html`.'),
})

export type Config = z.infer<typeof config>
