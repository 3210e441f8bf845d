/** teams: a message in a channel of Teams. */
import type { ChannelKind } from '../channel.ts'
import { http, shared } from '../fields.ts'

export const teams: ChannelKind = {
  name: 'teams',
  summary: 'A message in a channel of Teams, by an incoming webhook.',
  settings: { ...http, ...shared },
  required: [['url']],
  // who knows the URL can write to the channel
  secrets: ['url'],
  maybeSecrets: [],
  load: async () => (await import('./behaviour.ts')).teamsChannel,
}
