/** Carries out a run that this process has taken: its machine from where it stands to its end, or until it is stopped. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { maskOf } from '#core/secrets/mask.ts'
import { secretsIn } from '#core/secrets/secrets.ts'
import { entryOf } from '#core/text/record.ts'
import type { Json } from '#core/json.ts'
import type { StartedRun } from '#data/report/run-record.ts'
import { folderStore, removeDrafts } from '#io/store/folder.ts'
import { runPrefix } from '#io/workspace/workspace.ts'
import type { Compiled } from '#language/compiler/compile.ts'
import type { Plan } from '#language/compiler/plan.ts'
import type { RunEvent } from '#run/local/events.ts'
import { type LocalOutcome, runLocally } from '#run/local/run.ts'
import { listRuns } from './list.ts'
import type { TakenRun } from './lock.ts'
import { functionsIn } from './own-functions.ts'
import { RunError } from './run-error.ts'
import { onStopRequest } from './stop.ts'

/** What a run needs of the process it runs in. Two runs in one process may differ in all of it. */
export interface RunWorld {
  /** The folder of the store, as an absolute path. */
  readonly store: string
  /** The program of the worker processes, a file. */
  readonly worker: string
  /** The version of siftstep, for the record. */
  readonly version: string
  /** Worker processes at a time (default: the cores of the machine). */
  readonly processes?: number | undefined
  readonly env: { readonly [name: string]: string | undefined }
  now(): Date
  /** Stops the run when it fires. */
  readonly signal?: AbortSignal | undefined
  /** Called when everything is checked and the work begins; the run's events go to the listener it returns. */
  watch?(plan: Plan, started: StartedRun): (event: RunEvent) => void
}

export interface FinishedRun extends LocalOutcome {
  readonly id: string
}

/** Runs the machine. The caller has taken the run, and releases it. */
export async function carryOut(
  compiled: Compiled,
  started: StartedRun,
  resumed: boolean,
  taken: TakenRun,
  world: RunWorld,
): Promise<FinishedRun> {
  const mask = maskOf(secretsOf(compiled, world))
  const store = folderStore(world.store)
  const stop = await onStopRequest(store, started.id, world.signal)
  try {
    if (resumed) await clearRemains(world.store, started.id)
    const onEvent = world.watch?.(compiled.plan, started) ?? (() => {})
    const outcome = await runLocally({
      compiled,
      started,
      resumed,
      store: world.store,
      worker: world.worker,
      processes: world.processes,
      env: world.env,
      earlier: () => earlierRuns(world.store, started),
      functions: functionsIn(world.store, started.id, compiled),
      onWorker: taken.addWorker,
      signal: stop.signal,
      mask,
      onEvent,
    })
    return { id: started.id, ...outcome }
  } finally {
    await stop.close()
    // also when nothing was resumed: a crashed worker leaves unfinished files too
    await clearRemains(world.store, started.id)
  }
}

/** The ended runs of a pipeline besides this one, and how many of them failed. */
async function earlierRuns(store: string, { id, pipeline }: StartedRun): Promise<{ readonly ended: number; readonly failed: number }> {
  const states = (await listRuns(store)).flatMap(({ record, state }) =>
    record.pipeline.id === pipeline.id && record.id !== id && ['succeeded', 'partial', 'failed'].includes(state) ? [state] : [],
  )
  return { ended: states.length, failed: states.filter((state) => state === 'failed').length }
}

/** The secrets of a definition by name, checked before any work: one may be needed by the last step only. */
function secretsOf({ machine }: Compiled, { env }: RunWorld): ReadonlyMap<string, string> {
  const found = new Map(secretsIn(machine as unknown as Json).map((name) => [name, entryOf(env, name) ?? '']))
  const missing = [...found].filter(([, value]) => value === '').map(([name]) => name)
  if (missing.length === 0) return found
  const them = missing.length === 1 ? 'it as an environment variable' : 'them as environment variables'
  throw new RunError(
    { code: 'secret-missing', names: missing },
    `missing environment variables: ${missing.join(', ')}, used in the definition as ${missing.map((name) => `\${secret.${name}}`).join(', ')}`,
    `set ${them}, or pass a file with --env-file`,
  )
}

/** Removes unfinished files of killed tasks. No other process may be working on the run. */
export async function clearRemains(store: string, run: string): Promise<void> {
  await rm(join(store, 'scratch', run), { recursive: true, force: true })
  await removeDrafts(join(store, runPrefix(run)))
}
