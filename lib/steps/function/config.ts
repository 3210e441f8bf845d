/** The settings of a function step. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import * as z from 'zod'
import type { Json } from '#core/json.ts'
import { assetFile } from '#steps/kind/assets.ts'
import { columnType, runDuration, size } from '#steps/kind/fields.ts'

/** A definition holds the name of a secret, and the task that runs the step gets its value. */
const secret = z
  .union([z.string().min(1), z.strictObject({ $secret: z.string().describe('The name of a secret, as the compiler writes it.') })])
  .meta({ title: 'secret' }) as unknown as z.ZodType<string>

/** Any value: the file declares which. */
const json: z.ZodType<Json> = z.unknown() as never

export const config = z.strictObject({
  uses: assetFile.describe('The TypeScript or JavaScript file with the step, beside the definition or below it.'),
  settings: z.record(z.string(), json).default({}).describe('The settings that the file declares in its `with`.'),
  columns: z
    .record(z.string().min(1), columnType)
    .default({})
    .describe('Columns that the step adds, with their types, where the file does not declare them. Their cells may be missing.'),
  secrets: z
    .record(z.string().min(1), secret)
    .default({})
    .describe('The secrets that the step can read by these names, each `${secret.NAME}`.'),
  batch_rows: z.int().min(1).max(100_000).default(1000).describe('The rows of one call.'),
  call_timeout: runDuration.default('60s').describe('How long one call may take.'),
  memory: size.default('512MB').describe('The memory that the step may use.'),
})
