/** A call of the author's function by the machine of a run on this machine: done once, and kept, so that a resume does not call again. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Invocation } from '#asl/engine/world.ts'
import type { Json } from '#core/json.ts'
import type { Mask } from '#core/secrets/mask.ts'
import type { TaskEvent } from '#core/task/task.ts'
import type { StartedRun } from '#data/report/run-record.ts'
import type { Store } from '#io/store/store.ts'
import { findJson, writeJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { callFunction } from './own-function.ts'
import type { RunReporter } from './run-reporter.ts'

export interface OwnFunctionWorld {
  readonly started: StartedRun
  /** The path of the bundle, and the program of the workers. */
  readonly bundle: string
  readonly worker: string
  readonly store: Store
  /** The folder of the store. */
  readonly folder: string
  readonly env: { readonly [name: string]: string | undefined }
  readonly mask: Mask
  readonly reporter: RunReporter
}

interface Answered {
  /** Hash of what was called with what. */
  readonly event: string
  readonly result: { readonly answer: Json }
}

const TASK = 'invoke'

export async function invokeOwn(
  { functionName, payload, state, attempt, signal }: Invocation,
  { started, bundle, worker, store, folder, env, mask, reporter }: OwnFunctionWorld,
): Promise<Json> {
  const keys = workspace(started.id)
  // states are named after their step; that of a fallback ends with its number
  const [step = '', fallback = ''] = state.split('.')
  const marker = keys.task(TASK, step, null, 0, Number(fallback.replace(/\D/g, '')))
  const hash = createHash('sha256')
    .update(JSON.stringify([functionName, state, payload]))
    .digest('hex')
  const finished = await findJson<Answered>(store, marker)
  if (finished?.event === hash) return finished.result.answer
  const event: TaskEvent = {
    task: TASK,
    run: { id: started.id, started_at: started.started_at, ds: '', ds_nodash: '', ts: '' },
    pipeline: started.pipeline,
    step,
    settings: {},
  }
  reporter.taskStarted(event, attempt)
  try {
    const answer = await callFunction({
      call: bundle,
      event: payload,
      context: { functionName, awsRequestId: `${started.id}/${state}/${attempt}` },
      program: worker,
      folder: started.folder,
      env,
      log: join(folder, ...keys.log(step, TASK, undefined).split('/')),
      signal,
    })
    await writeJson(store, marker, { event: hash, result: { answer } } satisfies Answered)
    return answer
  } catch (error) {
    const { name, message } = error as Error
    const masked = Object.assign(new Error(mask.text(message)), { name })
    reporter.taskFailed(event, masked)
    throw masked
  }
}
