/** Posts a message as JSON. The signature is that of Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks. */
import { createHmac } from 'node:crypto'
import { assertHeader } from '#io/http/header.ts'
import type { Channel, Message } from '../channel.ts'
import { hostOf, postMessage } from '../over-http.ts'

export const webhookChannel: Channel = {
  send: async (message, settings, world) => {
    const { secret, bearer_token: token, headers = {} } = settings
    if (typeof token === 'string') assertHeader(token, 'bearer_token')
    const body = JSON.stringify({ id: message.id, ...message.facts, subject: message.subject, text: message.text })
    const url = String(settings['url'])
    const own = {
      ...(headers as { readonly [name: string]: string }),
      ...(typeof token === 'string' ? { authorization: `Bearer ${token}` } : {}),
    }
    await postMessage(
      { url, body, doing: `posting to ${hostOf(url)}`, headers: () => ({ ...own, ...signed(message, body, secret, world.now()) }) },
      settings,
      world.log,
    )
    return { to: hostOf(url), how: 'sent' }
  },
}

/** `webhook-id` is the same for each attempt; receivers ignore what they have seen. The time is in seconds since 1970. */
function signed({ id }: Message, body: string, secret: unknown, now: Date): { readonly [header: string]: string } {
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const named = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (typeof secret !== 'string') return named
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { ...named, 'webhook-signature': `v1,${signature}` }
}
