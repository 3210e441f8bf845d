/** Sends one request and gives the answer when its headers are there. Follows redirects; keys are not sent to another host. */
import { type IncomingHttpHeaders, type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { TaskError } from '#core/errors/errors.ts'
import { lostError } from './errors.ts'

export interface Request {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly url: URL
  /** What every host may see. */
  readonly headers: { readonly [name: string]: string }
  /** What only the host of the address may see. */
  readonly own: { readonly [name: string]: string }
  readonly body?: string
  /** What is done, for messages: `reading https://host/x.csv`. It holds no secret. */
  readonly doing: string
  readonly limits: Limits
}

export interface Limits {
  /** Seconds without a byte from the server before a request fails. */
  readonly timeout: number
  /** How often a request is repeated when the server is not available, throttles, or loses the connection. */
  readonly retries: number
  /** Certificates of the authority, as PEM text (default: the public authorities). */
  readonly ca?: string | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: IncomingMessage
  /** Where it came from, after redirects. */
  readonly url: URL
}

const MAX_REDIRECTS = 10
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Transient.* when there is no answer; Data.Unreadable for TLS that fails and redirects that lead nowhere. Any status is an answer. */
export async function send(request: Request): Promise<Answer> {
  const { doing } = request
  const wrong = (what: string) => new TaskError('Data.Unreadable', `${doing}: ${what}`, { hint: 'use the address where the data is' })
  let { url } = request
  for (let count = 0; count <= MAX_REDIRECTS; count++) {
    const isOwn = url.origin === request.url.origin
    const answer = await once({ ...request, url, headers: { ...request.headers, ...(isOwn ? request.own : {}) } })
    if (!REDIRECTS.has(answer.status)) return { ...answer, url }
    answer.body.destroy()
    const { location } = answer.headers
    if (request.method === 'POST') throw wrong(`the server answers ${answer.status}, a redirect, which is not followed with a secret`)
    if (location === undefined || !URL.canParse(location, url.href))
      throw wrong(`the server answers ${answer.status}, a redirect without an address`)
    const next = new URL(location, url)
    if (!/^https?:$/.test(next.protocol)) throw wrong(`the server redirects to ${next.protocol}//, which is not HTTP`)
    if (url.protocol === 'https:' && next.protocol === 'http:')
      throw wrong(`the server redirects to ${next.origin}, where the connection is not encrypted`)
    url = next
  }
  throw wrong(`the server redirects more than ${MAX_REDIRECTS} times`)
}

function once({ method, url, headers, body, doing, limits: { timeout, ca } }: Request): Promise<Omit<Answer, 'url'>> {
  return new Promise((resolve, reject) => {
    const start: typeof overHttps = url.protocol === 'https:' ? overHttps : overHttp
    const sent = start(url, {
      method,
      headers: { 'user-agent': 'siftstep', ...headers },
      timeout: timeout * 1000,
      ...(ca === undefined ? {} : { ca }),
    })
    let answered: IncomingMessage | undefined
    // while the body is read the error must reach its reader
    sent.on('timeout', () => (answered ?? sent).destroy(timedOut(doing, timeout)))
    sent.on('error', (error) => reject(lostError(error, doing, timeout)))
    sent.on('response', (answer) => {
      answered = answer
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer })
    })
    sent.end(body)
  })
}

const timedOut = (doing: string, seconds: number) =>
  new TaskError('Transient.Timeout', `${doing}: no answer within ${seconds} s`, { hint: '`timeout` of the connection allows more time' })
