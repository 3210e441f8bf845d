/** The types of settings that channels share. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import * as z from 'zod'

const compiled = z.strictObject({ template: z.string(), parameters: z.record(z.string(), z.json()) })

/** A text with `{{ … }}`; tasks parse the form of the compiler with the same schema. */
export const messageText = z.union([z.string().min(1), compiled]).meta({ title: 'message text' }) as unknown as z.ZodType<string>

/** An address, or a reference to one. */
export const address = z
  .string()
  .regex(/^([^\s@,]+@[^\s@,]+\.[^\s@,]+|[^<>,\r\n]*<[^\s@,]+@[^\s@,]+>|\s*(\{\{.*\}\}|\{%.*%\})\s*)$/)
  .meta({ title: 'recipient', description: 'An e-mail address.' })

const INCLUDED = ['report', 'quarantine', 'redrive_command'] as const

const include = z
  .array(z.enum(INCLUDED))
  .min(1)
  .describe(
    'What goes with it: `report`, the report of the run; `quarantine`, the rows in quarantine; `redrive_command`, the command that continues the run.',
  )

/** What every channel has. */
export const shared = {
  subject: messageText.describe('The subject, with `{{ … }}` (default: the pipeline and what happened).'),
  text: messageText.describe('The text, with `{{ … }}` (default: what happened, the rows and where the report is).'),
  include,
}

/** What channels over HTTP have. */
export const http = {
  url: z.string().min(1).describe('Where it is posted to. For Slack and Teams it is a key: `${secret.NAME}`.'),
  timeout: z.number().min(1).max(60).describe('Seconds to wait for an answer (default: 10).'),
  retries: z.int().min(0).max(10).describe('How often it is tried again if the service does not answer (default: 3).'),
}
