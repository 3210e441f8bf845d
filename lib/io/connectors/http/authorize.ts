/** How a connection proves who asks: headers that only the host of the address gets. */
import { TaskError } from '#core/errors/errors.ts'
import { assertHeader } from '#io/http/header.ts'
import type { Options } from '../connector.ts'
import { bodyOf } from './body.ts'
import { refusalOf } from './errors.ts'
import { type Limits, send } from './request.ts'
import { retried } from './retry.ts'

export type Headers = { readonly [name: string]: string }

export const limitsOf = ({ timeout, retries, ca }: Options): Limits => ({
  timeout: Number(timeout ?? 60),
  retries: Number(retries ?? 5),
  ...(typeof ca === 'string' ? { ca } : {}),
})

/** The headers of the connection, its login among them. Asks for a token where the connection has client credentials. */
export async function ownHeaders(options: Options): Promise<Headers> {
  const { user, password = '', bearer_token, api_key, api_key_header = 'X-API-Key', api_key_query, client_id, headers = {} } = options
  const given = Object.fromEntries(Object.entries(headers as Options).map(([name, value]) => [name.toLowerCase(), String(value)]))
  if (typeof bearer_token === 'string') return { ...given, authorization: `Bearer ${checked(bearer_token, 'bearer_token')}` }
  if (typeof client_id === 'string') return { ...given, authorization: `Bearer ${await clientToken(options)}` }
  if (typeof user === 'string') return { ...given, authorization: basic(user, String(password)) }
  if (typeof api_key === 'string' && typeof api_key_query !== 'string')
    return { ...given, [String(api_key_header).toLowerCase()]: checked(api_key, 'api_key') }
  return given
}

function checked(secret: string, setting: string): string {
  assertHeader(secret, setting)
  return secret
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

const MAX_TOKEN_BYTES = 1 << 20

/** The token for client credentials. Source: RFC 6749, section 4.4; the client by HTTP Basic, section 2.3.1. */
async function clientToken(options: Options): Promise<string> {
  const { token_url, client_id, client_secret, scope } = options
  const limits = limitsOf(options)
  const url = new URL(String(token_url))
  const doing = `asking ${url.origin}${url.pathname} for a token`
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...(typeof scope === 'string' ? { scope } : {}) })
  const text = await retried<string>(limits.retries, async () => {
    const answer = await send({
      ...{ method: 'POST', url, doing, limits, body: form.toString() },
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      own: { authorization: basic(encodeURIComponent(String(client_id)), encodeURIComponent(String(client_secret))) },
    })
    if (answer.status !== 200) {
      answer.body.destroy()
      const { error, wanted } = refusalOf(answer.status, answer.headers, doing)
      if (error.name.startsWith('Transient.')) return { error, wanted }
      return {
        error: new TaskError('Data.Unreadable', error.message, { hint: 'check `token_url`, `client_id`, `client_secret` and `scope`' }),
        wanted,
      }
    }
    const tooLarge = () =>
      new TaskError('Data.Unreadable', `${doing}: the answer is larger than a token can be`, { hint: 'check `token_url`' })
    return (await bodyOf(answer, doing, { bytes: MAX_TOKEN_BYTES, tooLarge })).toString('utf8')
  })
  const token = tokenIn(text)
  if (token === undefined)
    throw new TaskError('Data.Unreadable', `${doing}: the answer has no \`access_token\``, { hint: 'check `token_url` of the connection' })
  return checked(token, 'client_secret')
}

function tokenIn(text: string): string | undefined {
  try {
    const { access_token: token } = JSON.parse(text) as { readonly access_token?: unknown }
    return typeof token === 'string' && token !== '' ? token : undefined
  } catch {
    // no JSON: no token
    return undefined
  }
}
