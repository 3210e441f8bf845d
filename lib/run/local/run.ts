/** A local run: the compiled machine in the embedded engine, with worker processes for tasks and a folder as the store. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Compiled } from '#language/compiler/compile.ts'
import { typesOf } from '#language/compiler/plan.ts'
import type { Json } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'
import { parseCause, readFailure, formatCause, causeText } from '#core/errors/failure.ts'
import type { Mask } from '#core/secrets/mask.ts'
import { systemError } from '#core/errors/system-error.ts'
import { writeJson } from '#io/workspace/json-store.ts'
import type { RunRecord, StartedRun } from '#data/report/run-record.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import { localExecution, localMachine } from '#asl/engine/arns.ts'
import { systemClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import type { Execution, Invocation } from '#asl/engine/world.ts'
import { type RunSummary, EXIT, exitCodeOf, type RunEvent } from './events.ts'
import { type Journal, openJournal } from './journal.ts'
import { placed } from './locate-error.ts'
import { invokeOwn } from './invoke-own.ts'
import { observe } from './observe.ts'
import { openPool, type Pool } from './pool.ts'
import { type RunReporter, startRunReporter } from './run-reporter.ts'
import type { TaskSpan } from './traces.ts'
import { workerMemory } from './worker-memory.ts'

export interface LocalRun {
  readonly compiled: Compiled
  /** Created when the run started; the same after a resume. */
  readonly started: StartedRun
  readonly resumed: boolean
  /** The folder of the store, `.siftstep`. */
  readonly store: string
  /** Program of the worker processes. */
  readonly worker: string
  /** Number of worker processes (default: the number of cores). */
  readonly processes?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Replaces the secrets of the run in everything that is printed or stored. */
  readonly mask: Mask
  /** The environment of the worker processes; that of this process when absent. */
  readonly env?: { readonly [name: string]: string | undefined } | undefined
  /** Paths of the bundles of the author's functions, by the names the machine calls them by. */
  readonly functions?: ReadonlyMap<string, string> | undefined
  /** Ended runs of the pipeline in the store before this one, and how many of them failed. */
  readonly earlier?: (() => Promise<{ readonly ended: number; readonly failed: number }>) | undefined
  /** Called with the id of each worker process before it gets work. */
  readonly onWorker?: ((pid: number) => Promise<void>) | undefined
  onEvent(event: RunEvent): void
}

export interface LocalOutcome {
  readonly record: RunRecord
  readonly summary: RunSummary | null
  readonly exit_code: number
}

export async function runLocally(run: LocalRun): Promise<LocalOutcome> {
  const { compiled, started } = run
  const store = folderStore(run.store)
  await writeBeginning(store, run)
  const { history, events } = openJournals(run)
  const onEvent = (event: RunEvent) => {
    const located = event.event === 'step_failed' ? { ...event, cause: placed(event.cause, event.step, compiled, started.file) } : event
    const masked = run.mask.json(located)
    // first: whoever watches here is not ahead of who follows the run from elsewhere
    events.add(masked)
    run.onEvent(masked)
  }
  const processes = run.processes ?? availableParallelism()
  const memory = workerMemory(compiled.definition.resources.memory_limit, processes)
  const scratch = join(run.store, 'scratch', started.id)
  const pool = openPool(run.worker, processes, { store: run.store, scratch, memory }, run.onWorker, run.env)
  const tasks: TaskSpan[] = []
  const from = Date.now()
  const reporter = startRunReporter(typesOf(compiled.plan), onEvent)
  const at = () => new Date().toISOString()
  onEvent({
    event: 'run_started',
    at: at(),
    run: started.id,
    pipeline: started.pipeline,
    machine_sha256: compiled.hash,
    resumed: run.resumed,
  })
  try {
    const execution = await execute(
      compiled.machine,
      { inputs: started.inputs, ...(started.logical_date === undefined ? {} : { logical_date: started.logical_date }) },
      {
        invoke: (call) =>
          timed(call, tasks, () => {
            const bundle = run.functions?.get(call.functionName)
            return bundle === undefined
              ? invoke(call, started.folder, pool, reporter)
              : invokeOwn(call, { ...run, env: run.env ?? process.env, bundle, store, folder: run.store, reporter })
          }),
        objects: {
          get: async (_bucket, key) =>
            (await store.read(key)) ?? Promise.reject(new TaskError('Data.MissingObject', `the run's store has no ${key}`)),
          put: (_bucket, key, bytes) => store.write(key, bytes),
        },
        clock: systemClock,
        random: Math.random,
        execution: {
          id: localExecution(started.pipeline.id, started.id),
          name: started.id,
          startTime: new Date(started.started_at),
          roleArn: 'arn:aws:iam::000000000000:role/local',
        },
        stateMachine: { id: localMachine(started.pipeline.id), name: started.pipeline.id },
        ...(run.signal === undefined ? {} : { signal: run.signal }),
        onEvent: (event, child) => {
          if (child === undefined) history.add(run.mask.json(event))
          reporter.history(event, child)
        },
      },
    )
    const outcome = await recorded(ended(execution, run, reporter.summary()), execution, store, run.mask, history)
    const notes = await observe({
      compiled,
      started,
      outcome,
      tasks: run.mask.json(tasks),
      from,
      to: Date.now(),
      memory: pool.peakMemory(),
      store,
      env: run.env ?? process.env,
      earlier: run.earlier ?? (async () => ({ ended: 0, failed: 0 })),
    })
    for (const note of notes) onEvent({ event: 'note', at: at(), ...note })
    onEvent({ event: 'run_finished', at: at(), ...outcome })
    const unwritten = events.close()
    return unwritten === undefined ? outcome : unrecorded(outcome, unwritten)
  } finally {
    history.close()
    events.close()
    await pool.close()
  }
}

/** Events of the run while it continues: the history of the machine in this session, and the events of all sessions. */
function openJournals({ store, started }: LocalRun): { readonly history: Journal; readonly events: Journal } {
  const keys = workspace(started.id)
  const at = (key: string) => join(store, ...key.split('/'))
  return { history: openJournal(at(keys.history), false), events: openJournal(at(keys.events), true) }
}

/** Calls, and notes how long it took and how it ended. */
async function timed({ payload, state, attempt }: Invocation, tasks: TaskSpan[], call: () => Promise<Json>): Promise<Json> {
  const {
    task = 'invoke',
    step = state.split('.')[0] ?? state,
    item = null,
  } = (payload ?? {}) as { task?: string; step?: string; item?: number }
  const from = Date.now()
  const done = (error: string | null) => void tasks.push({ step, task, item, attempt, from, to: Date.now(), error })
  try {
    const answer = await call()
    done(null)
    return answer
  } catch (error) {
    const { name, message } = error as Error
    done(`${name}: ${parseCause(message).message}`)
    throw error
  }
}

async function invoke({ payload, signal, attempt, queued }: Invocation, folder: string, pool: Pool, reporter: RunReporter): Promise<Json> {
  const sent = payload as unknown as TaskEvent
  // a machine knows no folders: it is the same wherever it runs
  const event: TaskEvent = { ...sent, run: { ...sent.run, folder } }
  reporter.taskStarted(event, attempt)
  try {
    const result = await pool.run(event, signal, queued())
    reporter.taskFinished(event, result)
    return result as Json
  } catch (error) {
    reporter.taskFailed(event, error as Error)
    // a machine carries the name of an error and one text
    throw error instanceof TaskError ? Object.assign(new Error(formatCause(error)), { name: error.name }) : error
  }
}

/** Writes everything that a resume needs, before anything runs. */
async function writeBeginning(store: Store, { compiled, started, resumed }: LocalRun): Promise<void> {
  const keys = workspace(started.id)
  if (!resumed) {
    await store.write(keys.machine, compiled.text)
    await store.write(keys.machineHash, `${compiled.hash}\n`)
    for (const { sha256, content } of compiled.assets) await store.write(keys.asset(sha256), content)
    if (compiled.assets.length > 0)
      await writeJson(
        store,
        keys.assets,
        compiled.assets.map(({ content: _, ...reference }) => reference),
      )
    await store.write(keys.plan, `${JSON.stringify(compiled.plan, null, 2)}\n`)
  }
  // written last: if there is a record, a resume has all it needs
  await writeJson(store, keys.run, { ...started, status: 'running' } satisfies RunRecord)
}

function failureOf({ error, cause }: { readonly error?: string; readonly cause?: string }, compiled: Compiled, file: string) {
  const failure = readFailure({ ...(error === undefined ? {} : { Error: error }), ...(cause === undefined ? {} : { Cause: cause }) })
  return { ...failure, cause: placed(failure.cause, null, compiled, file) }
}

/** Stores the result of the run, also if it was stopped. */
async function recorded(outcome: LocalOutcome, execution: Execution, store: Store, mask: Mask, history: Journal): Promise<LocalOutcome> {
  const keys = workspace(outcome.record.id)
  const unwritten: unknown[] = []
  const kept = (error: unknown) => void unwritten.push(error)
  if (history.close() !== undefined) {
    const lines = execution.history.map((event) => `${JSON.stringify(mask.json(event))}\n`)
    await store.write(keys.history, lines.join('')).catch(kept)
  }
  await writeJson(store, keys.run, outcome.record).catch(kept)
  const [error] = unwritten
  return error === undefined ? outcome : unrecorded(outcome, error)
}

/** The failure of the run comes first: a record that could not be written often has the same cause. */
function unrecorded({ record, ...outcome }: LocalOutcome, error: unknown): LocalOutcome {
  const failure = 'failure' in record ? record.failure : null
  if (failure === null) {
    const how = record.status === 'interrupted' ? 'was stopped' : 'ended, and its output is published'
    const { name, hint, message } = systemError(error, 'writing the record of the run')
    throw new TaskError(name, `the run ${how}, but its record could not be written: ${message}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    })
  }
  const parts = parseCause(failure.cause)
  const cause = causeText({
    ...parts,
    message: `${parts.message}\nthe record of the run could not be written either: ${(error as Error).message}`,
  })
  return { ...outcome, record: { ...record, failure: { ...failure, cause } } as RunRecord }
}

function ended(execution: Execution, { compiled, started, mask }: LocalRun, summary: RunSummary | null): LocalOutcome {
  if (execution.status === 'ABORTED') return { record: { ...started, status: 'interrupted' }, summary: null, exit_code: EXIT.interrupted }
  const finished_at = new Date().toISOString()
  const seconds = (Date.parse(finished_at) - Date.parse(started.started_at)) / 1000
  const failure =
    execution.status === 'SUCCEEDED'
      ? null
      : execution.status === 'TIMED_OUT'
        ? { error: 'States.Timeout', cause: 'the run took longer than the definition allows (timeout)' }
        : failureOf(execution, compiled, started.file)
  const status = failure !== null ? 'failed' : (summary?.status ?? 'succeeded')
  const record: RunRecord = {
    ...started,
    status,
    finished_at,
    seconds,
    rows: summary?.rows ?? null,
    score: summary?.score ?? null,
    output: failure === null ? (summary?.output ?? null) : null,
    // the rest stays as it is, for a resume
    failure: mask.json(failure),
  }
  return { record, summary, exit_code: failure !== null ? exitCodeOf(failure.error) : status === 'partial' ? EXIT.partial : EXIT.ok }
}
