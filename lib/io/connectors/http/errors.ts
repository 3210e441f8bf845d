/** What the answers of HTTP servers and the errors on the way to them mean. No message holds a key or the text of an answer. */
import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http'
import { TaskError } from '#core/errors/errors.ts'
import { networkError } from '#core/errors/foreign-error.ts'

/** An answer that is not the data. */
export interface Refusal {
  readonly error: TaskError
  /** Seconds that the server asks to wait; 0: it does not say. */
  readonly wanted: number
}

/** What an answer without data means. `doing`: `reading https://host/x.csv`. */
export function refusalOf(status: number, headers: IncomingHttpHeaders, doing: string): Refusal {
  const what = `${doing}: the server answered ${status}${STATUS_CODES[status] === undefined ? '' : ` (${STATUS_CODES[status]})`}`
  if (status === 429) return { error: new TaskError('Transient.Throttled', what, { hint: SLOWER }), wanted: wantedBy(headers) }
  if (status === 408 || status >= 500)
    return { error: new TaskError('Transient.Unavailable', what, { hint: LATER }), wanted: wantedBy(headers) }
  const name = status === 404 || status === 410 ? 'Data.NoSources' : 'Data.Unreadable'
  return {
    error: new TaskError(name, what, { hint: HINTS.get(status) ?? 'check the address; it must answer 200 with the data' }),
    wanted: 0,
  }
}

const LATER = 'try again later; `retries` of the connection allows more attempts'
const SLOWER = 'the server limits the rate of requests: try again later, or raise `retries` of the connection'
const MISSING = 'check the path of the address; a pattern or a folder cannot be read over HTTP: name each file'

const HINTS: ReadonlyMap<number, string> = new Map([
  [202, 'the server has not prepared the data yet: try again later'],
  [204, 'the address has no content: check the address'],
  [401, 'check the user and password, the token or the key of the connection; they are not sent to another host that a redirect names'],
  [403, 'check whether the user, token or key of the connection may read this, and whether a signed address has expired'],
  [404, MISSING],
  [407, 'a proxy asks for a login; proxies are not supported'],
  [410, MISSING],
])

/** `Retry-After` in seconds: a number, or a date, which is compared with the date of the answer itself. */
function wantedBy({ 'retry-after': after, date }: IncomingHttpHeaders): number {
  if (after === undefined) return 0
  if (/^\s*\d+\s*$/.test(after)) return Number(after)
  const [until, now] = [Date.parse(after), Date.parse(date ?? '')]
  return Number.isNaN(until) || Number.isNaN(now) ? 0 : Math.max(0, Math.ceil((until - now) / 1000))
}

/** An error of the network or of TLS. */
export function lostError(error: unknown, doing: string, timeout: number): TaskError {
  if (error instanceof TaskError) return error
  const found = networkError(error, doing, timeout, 'check host and port of the address, and that the server is running')
  const { name, message } = found
  if (name !== 'Output.Unwritable') return found
  return new TaskError('Data.Unreadable', message, {
    cause: error,
    hint: 'give the certificate of its authority with `ca` of the connection, as PEM text; check that the address names the host of the certificate',
  })
}

/** The connection ended before the whole answer was there. */
export const cutOff = (doing: string, got: number, length: number | undefined, cause?: unknown) =>
  new TaskError(
    'Transient.Unavailable',
    `${doing}: the connection was lost after ${got}${length === undefined ? '' : ` of ${length}`} bytes`,
    {
      cause,
      hint: 'a retry may succeed; nothing of the incomplete answer was used',
    },
  )
