/** What channels over HTTP share. */
import { TaskError } from '#core/errors/errors.ts'
import { postJson } from '#io/http/post.ts'
import type { ChannelSettings } from './channel.ts'

export interface HttpMessage {
  readonly url: string
  readonly body: string
  /** What is done, without the URL, which may be a key. */
  readonly doing: string
  readonly headers?: () => { readonly [name: string]: string }
}

/** Milliseconds before the first retry; doubled for each further one. */
const FIRST_PAUSE = 500

/** Posts a message, with the time limit and the retries of its settings. Throws Transient.* or Output.Unwritable. */
export async function postMessage(message: HttpMessage, settings: ChannelSettings, log: (line: string) => void): Promise<void> {
  const { url, body, doing, headers } = message
  const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' }
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new TaskError('Definition.InvalidSetting', `${doing}: \`url\` is not a URL`, { hint: 'write https://host/path' })
  const { retries = 3, timeout = 10 } = settings as { readonly retries?: number; readonly timeout?: number }
  const hints = {
    unreachable: 'check the URL and that this machine can reach it',
    denied: 'check the URL and the keys of the channel',
    refused: 'check the URL and what the service expects',
  }
  const pauses = Array.from({ length: retries }, (_, at) => FIRST_PAUSE * 2 ** at)
  const all = () => ({ 'content-type': 'application/json', 'user-agent': 'siftstep', ...headers?.() })
  await postJson({ url, headers: all, body, doing, patience: timeout * 1000, pauses, hints }, log)
}

/** The host of a URL, without its path, user and query, which may be keys. */
export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'an address that is not a URL')
