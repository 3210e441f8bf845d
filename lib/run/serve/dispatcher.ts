/**
 * Carries out the queue: begins runs in processes of their own as far as the limits allow, and takes those that have ended out of it. All it
 * knows is in the store, so another server can go on at any moment; a run is begun twice by nobody, because its lock and its record say so.
 */
import type { Store } from '#io/store/store.ts'
import { hasEnded, readRun, type StoredRun } from '#run/runs/list.ts'
import type { Log } from '#run/starts/start.ts'
import type { ServedPipeline } from './describe.ts'
import { type HeldBackRun, openHoldBack } from './past.ts'
import type { RunProcess } from './processes.ts'
import { countAttempt, findQueued, giveUp, leaveQueue, type QueuedRun, queuedRuns } from './queue.ts'

export interface DispatchWorld {
  readonly store: Store
  readonly pipelines: ReadonlyMap<string, ServedPipeline>
  /** Runs at a time, of all pipelines together. */
  readonly most: number
  begin(run: QueuedRun, pipeline: ServedPipeline): RunProcess
  /** All runs of a pipeline in the store. */
  runsOf(pipeline: string): Promise<readonly StoredRun[]>
  readonly log: Log
}

export interface Dispatcher {
  /** Looks at the queue once. With `only` it begins nothing, and only takes out what has ended. */
  look(only?: 'ended'): Promise<void>
  /** Names of the runs whose processes this server has begun and that go on. */
  active(): readonly string[]
  /** Resolves when those processes have ended. */
  idle(): Promise<void>
  /** Sends a signal to those processes. Runs that end by it stay in the queue, and are resumed by the next server. */
  signal(signal: NodeJS.Signals): void
  /** Runs in the queue that have not begun, as of the last look. */
  waiting(): number
  /** Those of them that `depends_on_past` keeps from starting. */
  heldBack(): readonly HeldBackRun[]
}

/** A run whose process ends so often before the run does is given up; its lock and record stay, so it can be resumed by hand. */
const MAX_ATTEMPTS = 3

export function openDispatcher({ store, pipelines, most, begin, runsOf, log }: DispatchWorld): Dispatcher {
  const own = new Map<string, RunProcess>()
  const settled = new Set<Promise<void>>()
  const unknown = new Set<string>()
  const past = openHoldBack({ store, runsOf, log })
  let stopping = false
  let waiting = 0

  async function look(only?: 'ended'): Promise<void> {
    const queue = await queuedRuns(store)
    const active = new Map<string, number>()
    const count = (pipeline: string) => active.set(pipeline, (active.get(pipeline) ?? 0) + 1)
    const ready: QueuedRun[] = []
    for (const queued of queue) {
      const found = own.has(queued.name) ? 'running' : await readRun(store, queued.name)
      if (found === 'running' || found?.state === 'running') count(queued.pipeline)
      else if (found !== undefined && hasEnded(found)) await ended(queued, found)
      else ready.push(queued)
    }
    waiting = ready.length
    past.look(queue)
    if (only === 'ended' || stopping) return
    for (const queued of ready) {
      const pipeline = pipelines.get(queued.pipeline)
      if (pipeline === undefined) {
        reportUnknown(queued)
        continue
      }
      const total = [...active.values()].reduce((sum, one) => sum + one, 0)
      if (total >= most) return
      if ((active.get(queued.pipeline) ?? 0) >= (pipeline.settings.max_active_runs ?? Number.POSITIVE_INFINITY)) continue
      if (await past.holds(queued, pipeline)) continue
      if (await beginOne(queued, pipeline)) {
        count(queued.pipeline)
        waiting--
      }
    }
  }

  async function beginOne(queued: QueuedRun, pipeline: ServedPipeline): Promise<boolean> {
    // it may have left the queue since the look began
    if ((await findQueued(store, queued.name)) === undefined) return false
    if (queued.attempts >= MAX_ATTEMPTS) {
      const reason = `its process ended ${queued.attempts} times before the run did`
      await giveUp(store, queued, reason)
      log.error('run given up', { run: queued.name, pipeline: queued.pipeline, reason })
      return false
    }
    await countAttempt(store, queued)
    const child = begin(queued, pipeline)
    own.set(queued.name, child)
    const { logical_date, start } = queued.input
    const more = queued.attempts === 0 ? {} : { attempt: queued.attempts + 1 }
    log.info('run started', { run: queued.name, pipeline: queued.pipeline, logical_date, start, ...more })
    const end = child.ended.then(async ({ how, reason }) => {
      await onExit(queued, how, reason).catch((error: unknown) =>
        log.error('a run could not be looked at', { run: queued.name, reason: error }),
      )
      // not before: a look in between would begin it again
      own.delete(queued.name)
    })
    settled.add(end)
    void end.finally(() => settled.delete(end))
    return true
  }

  async function onExit(queued: QueuedRun, how: string, reason: string | null): Promise<void> {
    const found = await readRun(store, queued.name)
    if (found !== undefined && hasEnded(found)) await ended(queued, found)
    // stopped by hand: it is not resumed by itself
    else if (found?.state === 'interrupted' && !stopping) await ended(queued, found)
    // another process has it
    else if (found?.state === 'running') return
    else if (found === undefined && reason !== null) {
      await giveUp(store, queued, reason)
      log.error('run could not start', { run: queued.name, pipeline: queued.pipeline, reason })
    } else log.error('run not finished', { run: queued.name, pipeline: queued.pipeline, how, ...(reason === null ? {} : { reason }) })
  }

  async function ended({ name, pipeline }: QueuedRun, { record, state }: StoredRun): Promise<void> {
    await leaveQueue(store, name)
    const facts = 'seconds' in record ? { seconds: record.seconds, rows: record.rows } : {}
    const failure = 'failure' in record && record.failure !== null ? { error: record.failure.error, cause: record.failure.cause } : {}
    const line = { run: name, pipeline, status: state, ...facts, ...failure }
    if (state === 'failed') log.error('run finished', line)
    else log.info('run finished', line)
  }

  function reportUnknown({ name, pipeline }: QueuedRun): void {
    if (unknown.has(name)) return
    unknown.add(name)
    log.error('run waits for its definition', { run: name, pipeline, reason: `no definition of ${pipeline} is served` })
  }

  return {
    look,
    active: () => [...own.keys()],
    idle: async () => {
      while (settled.size > 0) await Promise.all(settled)
    },
    signal: (signal) => {
      stopping = true
      for (const child of own.values()) child.signal(signal)
    },
    waiting: () => waiting,
    heldBack: past.heldBack,
  }
}
