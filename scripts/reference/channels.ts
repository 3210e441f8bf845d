/** The page of the channels of messages. */
import * as z from 'zod'
import { MESSAGE_FACTS } from '#core/text/message-text.ts'
import { CHANNELS } from '#io/channels/index.ts'
import { jsonSchemaOf } from '#language/definition/json-schema.ts'
import { code, generatedFrom, page, table } from './markdown.ts'
import { settingsTable } from './settings.ts'

export function channelsPage(): string {
  return page(
    '# Channels',
    generatedFrom('lib/io/channels'),
    'Ways to send people or programs a message: in `notifications` of a definition, and in a [notify](steps/notify.md) step. `type` names the channel.',
    ...CHANNELS.flatMap(({ name, summary, settings, required }) => [
      `## ${name}`,
      summary,
      `Needed: ${required.map((names) => names.map(code).join(' or ')).join(', ')}.`,
      settingsTable(
        jsonSchemaOf(
          z.strictObject(
            Object.fromEntries(
              Object.entries(settings).map(([key, schema]) => [key, schema.optional().describe(schema.description ?? '')]),
            ),
          ),
        ),
      ),
    ]),
    '## What a message knows',
    'In `subject`, `text` and `html`, as `{{ name }}`; `{pipeline_name}` is the same as `{{ pipeline.name }}`. Values are escaped in `html`.',
    table(
      ['Name', 'Meaning'],
      Object.entries(MESSAGE_FACTS).map(([name, meaning]) => [code(name), meaning]),
    ),
  )
}
