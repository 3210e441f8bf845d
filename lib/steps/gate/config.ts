/** The settings of a gate step. */
import * as z from 'zod'
import { condition, oneOf, text } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  pass_when: condition.describe('The condition, over inputs and results of earlier steps: `{{ check.result.quality_score }} > 0.8`.'),
  else: oneOf(['skip_rest', 'fail'])
    .default('skip_rest')
    .describe('When the condition is false: `skip_rest` ends the run without the steps that come later, `fail` fails the run.'),
  message: text.min(1).optional().describe('The message when the condition is false (default: the condition and its values).'),
})
