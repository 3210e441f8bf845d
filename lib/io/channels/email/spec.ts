/** email: a mail to people. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import * as z from 'zod'
import type { ChannelKind } from '../channel.ts'
import { address, messageText, shared } from '../fields.ts'

const addresses = z.union([z.array(address).min(1), address])

export const email: ChannelKind = {
  name: 'email',
  summary: 'A mail, with attachments; by SMTP, or on AWS by a topic.',
  settings: {
    to: addresses.describe('Who gets it: addresses.'),
    recipients: addresses.describe('Another name for `to`.'),
    cc: addresses.describe('Who gets a copy.'),
    from: address.describe('The sender (default: SIFTSTEP_MAIL_FROM of the environment).'),
    ...shared,
    html: messageText.describe('The same as `text` in HTML; values are escaped.'),
    smtp: z
      .string()
      .min(1)
      .describe(
        'The server, as a secret whose value is smtps://user:password@host (default: SIFTSTEP_SMTP_URL of the environment; on AWS a topic).',
      ),
  },
  required: [['to', 'recipients']],
  secrets: ['smtp'],
  maybeSecrets: [],
  load: async () => (await import('./behaviour.ts')).emailChannel,
}
