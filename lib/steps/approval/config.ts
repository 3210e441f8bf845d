/** The settings of an approval step. */
import * as z from 'zod'
import { oneOf, reference, runDuration, text } from '#steps/kind/fields.ts'

const time = z.union([runDuration, reference])

export const config = z.strictObject({
  message: text.min(1).optional().describe('What is asked; shown while the run waits.'),
  timeout: time.default('1d').describe('How long to wait for a decision.'),
  poke_interval: time
    .optional()
    .describe('Time between two looks for a decision (default: 30s, or more where a longer timeout needs more than 1000 looks).'),
  on_reject: oneOf(['fail', 'skip'])
    .default('fail')
    .describe('When it is rejected: `fail` fails the step, `skip` sets the result `approved` to false and goes on.'),
  on_timeout: oneOf(['fail', 'skip']).default('fail').describe('The same when nobody decides in time.'),
})
