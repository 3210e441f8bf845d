/** The settings of a verify step. */
import * as z from 'zod'
import { integer, oneOf, text } from '#steps/kind/fields.ts'

const pattern = text.min(1)

export const config = z.strictObject({
  files: z
    .union([pattern, z.array(pattern).min(1)])
    .optional()
    .describe('The files that must exist: a file, a folder, a prefix of S3, or a glob pattern; or a list of them. None may be empty.'),
  min_files: integer(0).default(1).describe('How many files must exist at least.'),
  accounting: oneOf(['strict', 'none'])
    .default('strict')
    .describe(
      '`strict`: every row that was read so far must be accounted for, and each file that this run wrote must have the size that it was written with.',
    ),
})
