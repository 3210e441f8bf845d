/** Posts to an incoming webhook of Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. */
import type { Channel } from '../channel.ts'
import { postMessage } from '../over-http.ts'

/** Slack reads `&`, `<` and `>` as marks of its own. */
const plain = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

export const slackChannel: Channel = {
  send: async ({ subject, text }, settings, { log }) => {
    const body = JSON.stringify({ text: `*${plain(subject)}*\n${plain(text)}` })
    await postMessage({ url: String(settings['url']), body, doing: 'posting to Slack' }, settings, log)
    return { to: 'Slack', how: 'sent' }
  },
}
