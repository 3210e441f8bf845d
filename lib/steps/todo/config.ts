/** The settings of a todo step. */
import * as z from 'zod'

export const config = z.strictObject({
  todo: z.literal(true).default(true).describe('`true`: the step is not written yet.'),
})
