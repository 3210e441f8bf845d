/** slack: a message in a channel of Slack. */
import type { ChannelKind } from '../channel.ts'
import { http, shared } from '../fields.ts'

export const slack: ChannelKind = {
  name: 'slack',
  summary: 'A message in a channel of Slack, by an incoming webhook.',
  settings: { ...http, ...shared },
  required: [['url']],
  // who knows the URL can write to the channel
  secrets: ['url'],
  maybeSecrets: [],
  load: async () => (await import('./behaviour.ts')).slackChannel,
}
