/** The settings of a lambda step. */
import * as z from 'zod'

/** Source: Lambda API reference, Invoke, `FunctionName`. */
const functionName = z
  .string()
  .regex(/^(arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:)?[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]{1,128}|:\$LATEST)?$/)
  .meta({ title: 'function name', description: 'The name of a Lambda function, `name:alias`, or its ARN.' })

export const config = z.strictObject({
  function_name: functionName.describe('The Lambda function to call: its name, `name:alias`, or its ARN.'),
  payload: z
    .unknown()
    .optional()
    .describe(
      'The event of the function (default: the result of the lambda step that the step depends on, or else the inputs of the run).',
    ),
})
