/** Starts of runs by request: the inputs are checked before anything is added to the queue. */
import { randomBytes } from 'node:crypto'
import type { Json, JsonObject } from '#core/json.ts'
import type { Store } from '#io/store/store.ts'
import { listRuns } from '#run/runs/list.ts'
import { oversizedInput } from '#run/starts/input-size.ts'
import { runName } from '#run/starts/run-name.ts'
import type { ServedPipeline } from './describe.ts'
import type { Answer } from './http.ts'
import { queueExecutions } from './queue.ts'

const KEYS = ['inputs', 'logical_date']
const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/

/** Answers 202 with the name of the run, or 400 with every problem of the request. */
export async function startByRequest(pipeline: ServedPipeline, body: JsonObject, store: Store, now: Date): Promise<Answer> {
  const refused = (error: string, hint: string): Answer => ({ status: 400, body: { error, hint } })
  const unknown = Object.keys(body).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) return refused(`unknown key \`${unknown}\``, `keys: ${KEYS.join(', ')}`)
  const { inputs = {}, logical_date = `${now.toISOString().slice(0, 19)}Z` } = body
  if (inputs === null || typeof inputs !== 'object' || Array.isArray(inputs))
    return refused('`inputs` is not an object', 'send {"inputs": {"name": value}}')
  if (typeof logical_date !== 'string' || !MOMENT.test(logical_date) || Number.isNaN(Date.parse(logical_date)))
    return refused(
      `invalid \`logical_date\` ${JSON.stringify(logical_date)}`,
      'use a date such as 2026-11-21, or a time such as 2026-11-21T08:00:00Z',
    )
  // loaded by the first request: a server that waits needs no checks
  const { resolveInputs } = await import('#language/definition/inputs.ts')
  const resolved = resolveInputs(pipeline.declared, inputs as JsonObject)
  if (!resolved.ok) {
    const problems = resolved.problems.map(({ code, path, what, hint }) => ({ code, path, what, hint }))
    return { status: 400, body: { error: 'the inputs are wrong', problems } as unknown as Json }
  }
  const oversized = oversizedInput({ inputs: resolved.inputs })
  if (oversized !== undefined) return refused(oversized.what, oversized.hint)
  const moment = `${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  const run = runName(pipeline.id, moment, randomBytes(8).toString('hex'))
  const executions = queueExecutions(
    store,
    pipeline.id,
    (value) => value,
    () => now,
  )
  await executions.start(run, { inputs: inputs as JsonObject, logical_date, start: { type: 'http' } })
  return { status: 202, body: { run, pipeline: pipeline.id, logical_date } }
}

/** The newest runs in the store. */
export async function runsListed(folder: string, pipeline: string | undefined, most: number): Promise<Json> {
  const runs = (await listRuns(folder)).filter(({ record }) => pipeline === undefined || record.pipeline.id === pipeline)
  return runs.slice(0, most).map(({ record, state }) => ({ ...record, status: state })) as unknown as Json
}
