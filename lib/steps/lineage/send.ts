/** Sends lineage over HTTP: https://openlineage.io/docs/client/python#http-transport, API: https://openlineage.io/apidocs/openapi. */
import { STATUS_CODES } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { JsonObject } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'
import { networkError } from '#core/errors/foreign-error.ts'
import { countRetries } from '#core/task/metrics.ts'

export interface Service {
  /** Its URL; events go to its `/api/v1/lineage`. */
  readonly endpoint: string
  readonly api_key: string | undefined
}

/** Milliseconds before each retry; after the last one the machine retries the task. */
const PAUSES = [500, 2000]
/** Timeout of a request in milliseconds. */
const PATIENCE = 10_000
/** How many bytes of a response are read for the log. */
const MAX_ANSWER_SHOWN = 16_384
/** Statuses that are worth a retry. */
const isTransient = (status: number) => status === 408 || status === 429 || status >= 500

/**
 * Sends events, in order. An event that was sent before is a duplicate that services recognise by the id of the run. Throws Transient.* if
 * the service does not respond, Output.Unwritable if it rejects an event.
 */
export async function sendEvents(events: readonly JsonObject[], service: Service, log: (line: string) => void): Promise<void> {
  const { endpoint, api_key } = service
  if (api_key !== undefined) assertHeader(api_key)
  const url = `${endpoint.replace(/\/+$/, '')}/api/v1/lineage`
  const headers = { 'content-type': 'application/json', ...(api_key === undefined ? {} : { authorization: `Bearer ${api_key}` }) }
  for (const event of events) await send(url, headers, JSON.stringify(event), log)
}

/** A header holds one line of Latin-1 characters. */
function assertHeader(key: string): void {
  const at = [...key].findIndex((sign) => !/[\t\x20-\x7e\x80-\xff]/.test(sign))
  if (at < 0) return
  const sign = /[\r\n]/.test([...key][at] ?? '') ? 'a line break' : 'a character that an HTTP header cannot hold'
  throw new TaskError('Definition.InvalidSetting', `the secret of \`api_key\` contains ${sign} at character ${at + 1}`, {
    path: 'with.api_key',
    hint: 'set the secret to the key alone: one line, without a line break at the end',
  })
}

async function send(url: string, headers: Headers, body: string, log: (line: string) => void): Promise<void> {
  for (let at = 0; ; at++) {
    const problem = await post(url, headers, body, log)
    if (problem === undefined) return
    const pause = PAUSES[at]
    if (pause === undefined || !problem.name.startsWith('Transient.')) throw problem
    countRetries(1)
    await wait(pause)
  }
}

type Headers = { readonly [name: string]: string }

async function post(url: string, headers: Headers, body: string, log: (line: string) => void): Promise<TaskError | undefined> {
  const doing = `sending lineage to ${url}`
  let answer: Response
  try {
    // after a redirect, the key would be sent to another host
    answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) })
  } catch (error) {
    const hint = 'check the URL and that this machine can reach it; the events are in lineage.openlineage.jsonl in the run folder'
    return networkError(error, doing, PATIENCE / 1000, hint)
  }
  if (answer.ok) return undefined
  const { status } = answer
  // a response can repeat the request, including the key: its text goes to the log, where secrets are masked
  const said = await beginningOf(answer)
  if (said !== '') log(`${doing}: the service answered ${status}: ${said}`)
  const what = `${doing}: the service answered ${status}${STATUS_CODES[status] === undefined ? '' : ` (${STATUS_CODES[status]})`}`
  const more = said === '' ? '' : '; its full response is in the log of the step, in logs/ of the run folder'
  if (isTransient(status))
    return new TaskError(status === 429 ? 'Transient.Throttled' : 'Transient.Unavailable', what, {
      hint: `try again later${more}`,
    })
  const denied = status === 401 || status === 403
  return new TaskError('Output.Unwritable', what, {
    hint: `${denied ? 'check the secret of `api_key`' : 'check the URL: events go to its /api/v1/lineage'}${more}`,
  })
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
