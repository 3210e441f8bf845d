/** Posts JSON over HTTP: with a time limit, retries, and errors that name the fix. */
import { STATUS_CODES } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { TaskError } from '#core/errors/errors.ts'
import { networkError } from '#core/errors/foreign-error.ts'
import { countRetries } from '#core/task/metrics.ts'

export interface Post {
  readonly url: string
  /** Called for each attempt, so that a header can hold its time. */
  readonly headers: () => { readonly [name: string]: string }
  readonly body: string
  /** What is done, for messages: `sending lineage to https://…`. It holds no secret. */
  readonly doing: string
  /** Timeout of a request in milliseconds. */
  readonly patience: number
  /** Milliseconds before each retry. */
  readonly pauses: readonly number[]
  readonly hints: {
    /** No answer. */
    readonly unreachable: string
    /** 401 and 403. */
    readonly denied: string
    /** Another refusal. */
    readonly refused: string
  }
}

/** How many bytes of a response are read for the log. */
const MAX_ANSWER_SHOWN = 16_384
/** Statuses that are worth a retry. */
const isTransient = (status: number) => status === 408 || status === 429 || status >= 500
/** Longest wait that a service can ask for in `Retry-After`, in milliseconds. */
const MAX_WAIT = 30_000

/**
 * Posts, and retries what may go away. A redirect is not followed: a key would be sent to another host. Throws Transient.* if the service
 * does not respond, Output.Unwritable if it refuses.
 */
export async function postJson(post: Post, log: (line: string) => void): Promise<void> {
  for (let at = 0; ; at++) {
    const problem = await attempt(post, log)
    if (problem === undefined) return
    const pause = post.pauses[at]
    if (pause === undefined || !problem.error.name.startsWith('Transient.')) throw problem.error
    countRetries(1)
    await wait(Math.max(pause, problem.wanted))
  }
}

interface Refusal {
  readonly error: TaskError
  /** Milliseconds that the service asks to wait. */
  readonly wanted: number
}

async function attempt({ url, headers, body, doing, patience, hints }: Post, log: (line: string) => void): Promise<Refusal | undefined> {
  let answer: Response
  try {
    answer = await fetch(url, { method: 'POST', headers: headers(), body, redirect: 'manual', signal: AbortSignal.timeout(patience) })
  } catch (error) {
    return { error: networkError(error, doing, patience / 1000, hints.unreachable), wanted: 0 }
  }
  if (answer.ok) {
    await answer.body?.cancel()
    return undefined
  }
  const { status } = answer
  // a response can repeat the request, including the key: its text goes to the log, where secrets are masked
  const said = await beginningOf(answer)
  if (said !== '') log(`${doing}: the service answered ${status}: ${said}`)
  const what = `${doing}: the service answered ${status}${STATUS_CODES[status] === undefined ? '' : ` (${STATUS_CODES[status]})`}`
  const more = said === '' ? '' : '; its full response is in the log of the step, in logs/ of the run folder'
  if (isTransient(status)) {
    const error = new TaskError(status === 429 ? 'Transient.Throttled' : 'Transient.Unavailable', what, { hint: `try again later${more}` })
    return { error, wanted: wantedBy(answer) }
  }
  const hint = status === 401 || status === 403 ? hints.denied : hints.refused
  return { error: new TaskError('Output.Unwritable', what, { hint: `${hint}${more}` }), wanted: 0 }
}

function wantedBy({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, MAX_WAIT) : 0
}

/** The beginning of a response, up to where it breaks off. */
async function beginningOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const part of body ?? []) {
      parts.push(part)
      bytes += part.byteLength
      if (bytes >= MAX_ANSWER_SHOWN) break
    }
  } catch {
    // use what arrived before
  }
  return Buffer.concat(parts).toString('utf8').trim()
}
