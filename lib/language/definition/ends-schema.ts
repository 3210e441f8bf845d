/** The schema of where a pipeline is deployed to, and of the steps of the end of a run. */
import * as z from 'zod'
import type { Json } from '#core/json.ts'

/** Any value; it is checked elsewhere. */
const json: z.ZodType<Json> = z.unknown() as never

export const environments = z.record(
  z.string().regex(/^[a-z][a-z0-9-]{0,29}$/),
  z
    .strictObject({
      account: z
        .string()
        .regex(/^\d{12}$/)
        .optional()
        .describe('The AWS account, 12 digits in quotes.'),
      region: z
        .string()
        .regex(/^[a-z]{2}(-[a-z]+)+-\d$/)
        .optional()
        .describe('The AWS region.'),
      require: z
        .array(z.enum(['smoke_tests', 'approval']))
        .default([])
        .describe('What must be confirmed with `--confirm` before `siftstep deploy` deploys.'),
    })
    .meta({ title: 'environment' }),
)

/** A step, or several. */
export const onFailure = z.union([z.record(z.string(), json), z.array(json).min(1)])

export const lastSteps = z.array(json).min(1)
