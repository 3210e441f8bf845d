/** Sends lineage over HTTP: https://openlineage.io/docs/client/python#http-transport, API: https://openlineage.io/apidocs/openapi. */
import type { JsonObject } from '#core/json.ts'
import { assertHeader } from '#io/http/header.ts'
import { postJson } from '#io/http/post.ts'

export interface Service {
  /** Its URL; events go to its `/api/v1/lineage`. */
  readonly endpoint: string
  readonly api_key: string | undefined
}

/** Milliseconds before each retry; after the last one the machine retries the task. */
const PAUSES = [500, 2000]
/** Timeout of a request in milliseconds. */
const PATIENCE = 10_000

/**
 * Sends events, in order. An event that was sent before is a duplicate that services recognise by the id of the run. Throws Transient.* if
 * the service does not respond, Output.Unwritable if it rejects an event.
 */
export async function sendEvents(events: readonly JsonObject[], service: Service, log: (line: string) => void): Promise<void> {
  const { endpoint, api_key } = service
  if (api_key !== undefined) assertHeader(api_key, 'api_key')
  const url = `${endpoint.replace(/\/+$/, '')}/api/v1/lineage`
  const headers = { 'content-type': 'application/json', ...(api_key === undefined ? {} : { authorization: `Bearer ${api_key}` }) }
  const hints = {
    unreachable: 'check the URL and that this machine can reach it; the events are in lineage.openlineage.jsonl in the run folder',
    denied: 'check the secret of `api_key`',
    refused: 'check the URL: events go to its /api/v1/lineage',
  }
  const common = { url, headers: () => headers, doing: `sending lineage to ${url}`, patience: PATIENCE, pauses: PAUSES, hints }
  for (const event of events) await postJson({ ...common, body: JSON.stringify(event) }, log)
}
