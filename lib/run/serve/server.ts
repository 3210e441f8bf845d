/**
 * The server: one loop that looks at the clock, the folders and the queue. Of several servers on one store, the one with the lease does this;
 * the others wait to take over. Requests by HTTP are taken by each.
 */
import type { Json } from '#core/json.ts'
import { candidateFor, type Lease } from '#io/workspace/lease.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Log } from '#run/starts/start.ts'
import { listRuns } from '#run/runs/list.ts'
import type { StartSettings } from '#run/starts/settings.ts'
import { startRuns } from '#run/starts/start.ts'
import { allBuckets, type Buckets, localValues, type Watched } from './buckets.ts'
import type { Clock } from './clock.ts'
import type { ServedPipeline } from './describe.ts'
import { type Dispatcher, openDispatcher } from './dispatcher.ts'
import { type Follower, openFollower } from './follower.ts'
import type { HeldBackRun } from './past.ts'
import type { Processes } from './processes.ts'
import { queueExecutions } from './queue.ts'
import { openScheduler, type Scheduler, type Send } from './scheduler.ts'
import { openWatcher, type Watcher } from './watcher.ts'

export interface ServeSettings {
  /** The folder of the store, as an absolute path. */
  readonly store: string
  readonly cwd: string
  readonly pipelines: readonly ServedPipeline[]
  readonly watched: readonly Watched[]
  /** Milliseconds for which a file must not have changed. */
  readonly settle: number
  /** Runs at a time, and worker processes of each. */
  readonly most: number
  readonly processes: number
  readonly worker: string
  readonly version: string
}

export interface ServeWorld {
  readonly clock: Clock
  readonly processes: Processes
  readonly log: Log
  /** Fires when the server is to stop: nothing new begins, runs that go on are waited for. */
  readonly stop: AbortSignal
  /** Fires when the runs that go on are to stop, too. */
  readonly stopRuns: AbortSignal
}

export interface ServerState {
  readonly leads: boolean
  readonly running: readonly string[]
  readonly waiting: number
  /** Of those that wait: the runs that `depends_on_past` keeps from starting. */
  readonly held_back: readonly HeldBackRun[]
  /** When the server last looked at everything. */
  readonly looked_at: string | null
  readonly next: string | null
}

export interface Server {
  state(): ServerState
  /** The next time of each schedule; none while another server schedules. */
  nextTimes(): ReadonlyMap<string, Date>
  /** Starts runs of a pipeline for messages, as its schedule and triggers do. */
  sendTo(pipeline: ServedPipeline): Send
  /** Resolves when the server has stopped. */
  readonly stopped: Promise<void>
}

/** Between two looks at the clock and the queue, two looks at the folders, and two renewals of the lease, in milliseconds. */
const LOOK = 1000
const WATCH = 2000
const RENEW = 5000
/** A holder that has not renewed the lease for so long has lost it. */
const PATIENCE = 20_000

export function openServer(settings: ServeSettings, world: ServeWorld): Server {
  const { clock, log, stop } = world
  const store = folderStore(settings.store)
  const local = localValues(allBuckets(settings.watched) as Buckets, settings.cwd)
  const senderOf = ({ max_active_runs: _, ...starts }: StartSettings): Send => {
    // the queue keeps the limit of active runs
    const executions = queueExecutions(store, starts.id, (value: Json) => local(value), clock.now)
    return startRuns({ settings: starts, executions, store, now: clock.now, log: ofStarts(starts.id, log) })
  }
  const sends = new Map(settings.pipelines.map((pipeline): [string, Send] => [pipeline.id, senderOf(pipeline.settings)]))
  const sendTo = ({ id }: ServedPipeline): Send => sends.get(id) ?? (() => Promise.reject(new Error(`${id} is not served`)))
  const dispatcher: Dispatcher = openDispatcher({
    store,
    pipelines: new Map(settings.pipelines.map((pipeline) => [pipeline.id, pipeline])),
    most: settings.most,
    runsOf: async (pipeline) => (await listRuns(settings.store)).filter(({ record }) => record.pipeline.id === pipeline),
    log,
    begin: ({ name }, { served }) =>
      world.processes.run({
        store: settings.store,
        name,
        served,
        worker: settings.worker,
        version: settings.version,
        processes: settings.processes,
      }),
  })
  let lease: Lease | undefined
  let scheduler: Scheduler | undefined
  let follower: Follower | undefined
  let lookedAt: Date | undefined
  let watchedAt = Number.NEGATIVE_INFINITY

  async function lead(watcher: Watcher): Promise<void> {
    scheduler ??= await openScheduler(
      { store, pipelines: settings.pipelines.map((pipeline) => ({ settings: pipeline.settings, send: sendTo(pipeline) })), log },
      clock.now(),
    )
    follower ??= await openFollower({ store, folder: settings.store, pipelines: settings.pipelines, senderOf, log }, clock.now())
    await scheduler.advance(clock.now())
    if (clock.elapsed() - watchedAt >= WATCH) {
      watchedAt = clock.elapsed()
      await watcher.look(watchedAt)
      await follower.look()
    }
    await dispatcher.look()
    lookedAt = clock.now()
  }

  async function loop(): Promise<void> {
    const candidate = candidateFor(store, 'starts/lease.json', PATIENCE, clock.elapsed)
    const watcher = openWatcher({
      watched: settings.watched.map((one) => ({ ...one, send: sendTo(one.pipeline) })),
      settle: settings.settle,
      store: settings.store,
      log,
    })
    let renewed = 0
    let reported = ''
    while (!stop.aborted) {
      try {
        if (lease === undefined) {
          const found = await candidate.attempt(clock.now())
          if ('lease' in found) {
            lease = found.lease
            renewed = clock.elapsed()
            log.info('scheduling', { pipelines: settings.pipelines.length })
          } else if (reported !== `${found.other.host} ${found.other.pid}`) {
            reported = `${found.other.host} ${found.other.pid}`
            log.info('standing by', { pid: found.other.pid, host: found.other.host, since: found.other.since })
          }
        } else if (clock.elapsed() - renewed >= RENEW) {
          if (await lease.renew()) renewed = clock.elapsed()
          else {
            log.error('another server has taken over', { reason: `the lease was not renewed for ${PATIENCE / 1000} s` })
            lease = undefined
            scheduler = undefined
            follower = undefined
          }
        }
        if (lease !== undefined) await lead(watcher)
      } catch (error) {
        log.error('the server could not look', { reason: error })
      }
      await clock.sleep(LOOK, stop)
    }
  }

  async function end(): Promise<void> {
    await loop()
    // at once, so that the next server need not wait for the runs of this one
    await lease?.release()
    const running = dispatcher.active()
    if (running.length > 0) log.info('stopping', { waits_for: running })
    if (world.stopRuns.aborted) dispatcher.signal('SIGINT')
    else world.stopRuns.addEventListener('abort', () => dispatcher.signal('SIGINT'), { once: true })
    await dispatcher.idle()
    log.info('stopped', {})
  }

  const nextTimes = () => scheduler?.nextTimes() ?? new Map<string, Date>()
  return {
    nextTimes,
    state: () => ({
      leads: lease !== undefined,
      running: dispatcher.active(),
      waiting: dispatcher.waiting(),
      held_back: dispatcher.heldBack(),
      looked_at: lookedAt?.toISOString() ?? null,
      next: [...nextTimes().values()].sort((a, b) => a.getTime() - b.getTime())[0]?.toISOString() ?? null,
    }),
    sendTo,
    stopped: end(),
  }
}

/** The dispatcher reports runs that begin; here only what starts nothing is reported. */
const ofStarts = (pipeline: string, log: Log): Log => ({
  info: (message, more) => {
    if ('why' in more) log.info(message, { pipeline, ...more })
  },
  error: (message, more) => log.error(message, { pipeline, ...more }),
})
