/** The list of channels. To add one: add its folder, and a line here. */
import type { ChannelKind } from './channel.ts'
import { email } from './email/spec.ts'
import { slack } from './slack/spec.ts'
import { teams } from './teams/spec.ts'
import { webhook } from './webhook/spec.ts'

export const CHANNELS: readonly ChannelKind[] = [email, webhook, slack, teams]

export const channelNamed = (name: string): ChannelKind | undefined => CHANNELS.find((kind) => kind.name === name)
