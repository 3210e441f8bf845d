/** Lineage over HTTP: https://openlineage.io/docs/client/python#http-transport, and its API, https://openlineage.io/apidocs/openapi. */
import { setTimeout as wait } from 'node:timers/promises'
import type { JsonObject } from '../../machine/asl.ts'
import { TaskError } from '../../runtime/errors.ts'
import { countRetries } from '../../runtime/retries.ts'

export interface Service {
  /** Its address; events go to its `/api/v1/lineage`. */
  readonly endpoint: string
  readonly api_key: string | undefined
}

/** Milliseconds before each further try; a machine tries the task again after that. */
const PAUSES = [500, 2000]
/** Milliseconds an answer may take. */
const PATIENCE = 10_000
/** Statuses that may be another when asked again. */
const isTransient = (status: number) => status === 408 || status === 429 || status >= 500

/**
 * Sends events, in order. One that was sent before is the same event once more: services know runs by their id. Throws Transient.* when the
 * service does not answer, Output.Unwritable when it refuses.
 */
export async function sendEvents(events: readonly JsonObject[], service: Service): Promise<void> {
  for (const event of events) await send(JSON.stringify(event), service)
}

async function send(body: string, { endpoint, api_key }: Service): Promise<void> {
  const url = `${endpoint.replace(/\/+$/, '')}/api/v1/lineage`
  const headers = { 'content-type': 'application/json', ...(api_key === undefined ? {} : { authorization: `Bearer ${api_key}` }) }
  for (let at = 0; ; at++) {
    const fault = await post(url, headers, body)
    if (fault === undefined) return
    const pause = PAUSES[at]
    if (pause === undefined || !fault.name.startsWith('Transient.')) throw fault
    countRetries(1)
    await wait(pause)
  }
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<TaskError | undefined> {
  let answer: Response
  try {
    // a service that sends elsewhere would be sent the key there
    answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) })
  } catch (error) {
    const { name, message, cause } = error as Error
    if (name === 'TimeoutError')
      return new TaskError('Transient.Timeout', `sending lineage to ${url}: no answer within ${PATIENCE / 1000} s`, { cause: error })
    const why = cause instanceof Error ? cause.message : message
    return new TaskError('Transient.Unavailable', `sending lineage to ${url}: ${why}`, {
      cause: error,
      hint: 'check the address, and that it can be reached from here; the events are in the run, in lineage.openlineage.jsonl',
    })
  }
  if (answer.ok) return undefined
  const said = (await answer.text().catch(() => '')).trim().slice(0, 200)
  const what = `sending lineage to ${url}: the service answered ${answer.status}${said === '' ? '' : `: ${said}`}`
  if (isTransient(answer.status)) return new TaskError(answer.status === 429 ? 'Transient.Throttled' : 'Transient.Unavailable', what)
  const denied = answer.status === 401 || answer.status === 403
  return new TaskError('Output.Unwritable', what, {
    hint: denied ? 'check the secret that `api_key` names' : 'check the address: events go to its /api/v1/lineage',
  })
}
