/** webhook: a message to a program. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import * as z from 'zod'
import type { ChannelKind } from '../channel.ts'
import { http, shared } from '../fields.ts'

export const webhook: ChannelKind = {
  name: 'webhook',
  summary: 'JSON posted to a URL, signed if it has a secret.',
  settings: {
    ...http,
    secret: z
      .string()
      .min(1)
      .describe('The key of the signature, as a secret: `${secret.NAME}`. The headers are those of Standard Webhooks.'),
    bearer_token: z.string().min(1).describe('A token for the header `authorization`, as a secret.'),
    headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string()).describe('More headers. They are no place for keys.'),
    ...shared,
  },
  required: [['url']],
  secrets: ['secret', 'bearer_token'],
  maybeSecrets: ['url'],
  load: async () => (await import('./behaviour.ts')).webhookChannel,
}
