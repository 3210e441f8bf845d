/** The settings of a sensor step. */
import * as z from 'zod'
import { integer, oneOf, reference, runDuration, text } from '#steps/kind/fields.ts'

const time = z.union([runDuration, reference])

export const config = z.strictObject({
  files: text.min(1).optional().describe('The same as `for`.'),
  for: text
    .min(1)
    .optional()
    .describe('What to wait for: a file, a folder or S3 prefix, or a glob pattern, written as the `source` of a discover step.'),
  min_count: integer(1).default(1).describe('How many files must be there.'),
  settle: time
    .default('30s')
    .describe(
      'How long the files must stay unchanged (names, sizes, times of change) before they count as complete; `0s` takes them at once.',
    ),
  timeout: time
    .optional()
    .describe(
      'How long to wait for the files, from the first look (default: 1h; with `on_empty: skip`, 0s: one look). Files that are there by then still get one `settle` time.',
    ),
  poke_interval: time.default('30s').describe('Time between two looks.'),
  on_empty: oneOf(['fail', 'skip'])
    .default('fail')
    .describe('When the timeout ends without the files: `fail` fails the step, `skip` sets the result `found` to false and goes on.'),
})

/** What a sensor waits for, and how long; settings that a schema alone cannot fill in. */
export const waitOf = ({ files, for: pattern, timeout, on_empty }: z.output<typeof config>) => ({
  pattern: files ?? pattern ?? '',
  timeout: timeout ?? (on_empty === 'skip' ? '0s' : '1h'),
})
