/** Holds queued runs back while `depends_on_past` keeps them from starting, and says once how to release one that nothing else will. */
import type { Store } from '#io/store/store.ts'
import type { StoredRun } from '#run/runs/list.ts'
import { isScheduled, type KnownRuns, type Past, pastOf } from '#run/runs/past.ts'
import type { Log } from '#run/starts/start.ts'
import type { ServedPipeline } from './describe.ts'
import { type QueuedRun, unrecordedStarts } from './queue.ts'

/** JSON. */
export type HeldBackRun = {
  readonly run: string
  readonly pipeline: string
  readonly logical_date: string
  readonly waits_for: string
  /** Of the run that it waits for. */
  readonly status: Past['state']
}

export interface PastWorld {
  readonly store: Store
  /** All runs of a pipeline. */
  runsOf(pipeline: string): Promise<readonly StoredRun[]>
  readonly log: Log
}

export interface HoldBack {
  /** Begins a look at the queue, with the names in it. */
  look(queue: readonly QueuedRun[]): void
  /** Whether the run has to wait. */
  holds(queued: QueuedRun, pipeline: ServedPipeline): Promise<boolean>
  heldBack(): readonly HeldBackRun[]
}

/** Looks between two checks of a run that waits, unless what it waits for leaves the queue: a check reads the records of all runs. */
const CHECK_EVERY = 5

export function openHoldBack({ store, runsOf, log }: PastWorld): HoldBack {
  const held = new Map<string, { readonly about: HeldBackRun; readonly at: number; readonly isStuck: boolean }>()
  let queue: readonly QueuedRun[] = []
  let looks = 0
  let known = new Map<string, Promise<KnownRuns>>()

  function knownOf(pipeline: string): Promise<KnownRuns> {
    const read = async () => ({ runs: await runsOf(pipeline), unrecorded: await unrecordedStarts(store, pipeline) })
    const found = known.get(pipeline) ?? read()
    known.set(pipeline, found)
    return found
  }

  const isQueued = (name: string) => queue.some((one) => one.name === name)

  return {
    look: (now) => {
      looks++
      queue = now
      known = new Map()
      for (const name of held.keys()) if (!isQueued(name)) held.delete(name)
    },
    holds: async (queued, pipeline) => {
      const { schedule } = pipeline.settings
      if (schedule?.depends_on_past === undefined || !isScheduled(queued.input.start)) return false
      const before = held.get(queued.name)
      if (before !== undefined && looks - before.at < CHECK_EVERY && (before.isStuck || isQueued(before.about.waits_for))) return true
      const past = pastOf(new Date(queued.input.logical_date), await knownOf(pipeline.id))
      if (past === undefined) {
        held.delete(queued.name)
        return false
      }
      const { logical_date } = queued.input
      const about = { run: queued.name, pipeline: pipeline.id, logical_date, waits_for: past.run, status: past.state }
      const isStuck = past.state !== 'running' && !isQueued(past.run)
      held.set(queued.name, { about, at: looks, isStuck })
      const isReported = before?.isStuck === true && before.about.waits_for === past.run && before.about.status === past.state
      if (isStuck && !isReported) log.error('run waits: the run before it is not good', { ...about, ...waysOut(queued, past, pipeline) })
      return true
    },
    heldBack: () => [...held.values()].map(({ about }) => about),
  }
}

function waysOut({ input }: QueuedRun, past: Past, { served }: ServedPipeline) {
  const backfill = (date: string) => `siftstep backfill ${served.file} --from ${date} --to ${date}`
  return {
    reason: `depends_on_past: the run of ${past.logical_date} has to be good first`,
    repair: backfill(past.logical_date),
    ignore: `${backfill(input.logical_date)} --ignore-past`,
  }
}
