/** Posts an adaptive card to a workflow of Teams: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors. */
import type { Channel } from '../channel.ts'
import { postMessage } from '../over-http.ts'

export const teamsChannel: Channel = {
  send: async ({ subject, text }, settings, { log }) => {
    const block = (words: string, more: object = {}) => ({ type: 'TextBlock', text: words, wrap: true, ...more })
    const body = [
      block(subject, { weight: 'Bolder', size: 'Medium' }),
      ...text
        .split('\n')
        .filter(Boolean)
        .map((line) => block(line)),
    ]
    const card = { $schema: 'http://adaptivecards.io/schemas/adaptive-card.json', type: 'AdaptiveCard', version: '1.4', body }
    const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', content: card }
    const message = JSON.stringify({ type: 'message', attachments: [attachment] })
    await postMessage({ url: String(settings['url']), body: message, doing: 'posting to Teams' }, settings, log)
    return { to: 'Teams', how: 'sent' }
  },
}
