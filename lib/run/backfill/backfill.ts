/** Carries out a backfill: a run for each logical date that has none that is good, in order, several at a time. */
import { TaskError } from '#core/errors/errors.ts'
import { takeLock } from '#io/workspace/lock.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import type { RunRecord } from '#data/report/run-record.ts'
import { EXIT, exitCodeOfRecord } from '#run/local/events.ts'
import type { RunWorld } from '#run/runs/carry-out.ts'
import { isGood, readRun } from '#run/runs/list.ts'
import { type KnownRuns, pastOf } from '#run/runs/past.ts'
import { resumeRun } from '#run/runs/resume.ts'
import { RunError } from '#run/runs/run-error.ts'
import { type NewRun, startRun } from '#run/runs/start.ts'
import { leaveQueue } from '#run/serve/queue.ts'
import { claimName, startsPrefix } from '#run/starts/claims.ts'
import type { StartEvent } from '#run/starts/kind.ts'
import { runName } from '#run/starts/run-name.ts'
import type { BackfillItem } from './items.ts'

export interface Backfill {
  readonly pipeline: string
  readonly items: readonly BackfillItem[]
  /** Runs at a time. */
  readonly most: number
  /** The event of a date, and the run it starts. */
  eventOf(date: Date): StartEvent
  runOf(event: StartEvent): NewRun
  /** `depends_on_past`: a date runs only if the date before it is good. Absent: each date runs. */
  readonly past?: PastOfBackfill | undefined
  /** Called when the run of a date begins, and when it has ended or could not begin. */
  onBegin(item: BackfillItem): void
  onEnd(done: Done): void
}

export interface PastOfBackfill {
  /** What is known of earlier dates; absent: the first date runs whatever became of the one before it. */
  readonly known?: KnownRuns | undefined
}

export interface Done {
  readonly item: BackfillItem
  /** How its run ended; null if it could not begin, or was not begun. */
  readonly record: RunRecord | null
  readonly exit_code: number
  /** Why it could not begin, if so. */
  readonly error: string | null
}

/** Resolves with one entry for each item, in their order. RunError if another backfill of the pipeline is going on. */
export async function backfill(work: Backfill, world: RunWorld): Promise<readonly Done[]> {
  const store = folderStore(world.store)
  const lock = await takeLock(store, `${startsPrefix(work.pipeline)}/backfill-lock.json`, {}, world.now())
  if ('other' in lock) {
    const { pid, host } = lock.other
    const what = `process ${pid} on ${host} is already backfilling ${work.pipeline}`
    throw new RunError({ code: 'backfill-taken', pipeline: work.pipeline }, what, 'wait for it, or stop it')
  }
  try {
    if (work.past !== undefined && work.most > 1) throw new Error('runs that depend on the past go one at a time')
    const done: Done[] = []
    let next = 0
    const lane = async () => {
      while (next < work.items.length) {
        const at = next++
        const item = work.items[at] as BackfillItem
        const waits = waitsFor(item, done[at - 1], work.past)
        done[at] = await one(item, waits, work, store, world)
      }
    }
    await Promise.all(Array.from({ length: Math.min(work.most, work.items.length) }, lane))
    return done
  } finally {
    await lock.taken.release()
  }
}

/** Why a date may not run yet; undefined if it may. */
function waitsFor(item: BackfillItem, before: Done | undefined, past: PastOfBackfill | undefined): string | undefined {
  if (past === undefined) return undefined
  const hint = 'run that date first, or start this one in spite of it with --ignore-past'
  if (before === undefined) {
    const found = past.known === undefined ? undefined : pastOf(item.date, past.known)
    return found && `depends_on_past: the run of ${found.logical_date}, ${found.run}, is not good (${found.state}); ${hint}`
  }
  if (before.record !== null && isGood({ state: before.record.status })) return undefined
  return 'depends_on_past: the date before it is not good'
}

async function one(item: BackfillItem, waits: string | undefined, work: Backfill, store: Store, world: RunWorld): Promise<Done> {
  const record = item.run?.record ?? null
  if (item.todo === 'good') return { item, record, exit_code: record === null ? EXIT.ok : exitCodeOfRecord(record), error: null }
  if (item.todo === 'running' || item.todo === 'queued') return { item, record, exit_code: EXIT.failed, error: null }
  if (world.signal?.aborted === true) return { item, record: null, exit_code: EXIT.interrupted, error: null }
  if (waits !== undefined) {
    const done: Done = { item, record: null, exit_code: EXIT.failed, error: waits }
    work.onEnd(done)
    return done
  }
  work.onBegin(item)
  const done = await carriedOut(item, work, store, world).catch((error: unknown): Done => {
    if (!(error instanceof RunError || error instanceof TaskError)) throw error
    const hint = error.hint === undefined ? '' : `; ${error.hint}`
    return { item, record: null, exit_code: EXIT.failed, error: `${error.message}${hint}` }
  })
  if (item.taken !== undefined && done.record !== null && done.record.status !== 'interrupted') await leaveQueue(store, item.taken)
  work.onEnd(done)
  return done
}

async function carriedOut(item: BackfillItem, work: Backfill, store: Store, world: RunWorld): Promise<Done> {
  if (item.todo === 'resume' && item.run !== undefined) {
    const resumed = await resumeRun(item.run, world).catch((error: unknown) => {
      // what it was started with is no longer there, so the date gets a run of its own
      if (error instanceof RunError && ['machine-changed', 'definition-invalid', 'folder-missing'].includes(error.facts.code))
        return undefined
      throw error
    })
    if (resumed !== undefined && resumed !== null) return { item, record: resumed.record, exit_code: resumed.exit_code, error: null }
  }
  const event = work.eventOf(item.date)
  // a start that a server has queued keeps its name: the server finds its record, and begins it no more
  const isNew = item.taken !== undefined && (await readRun(store, item.taken)) === undefined
  const id = isNew && item.taken !== undefined ? item.taken : await newName(event, work.pipeline, store, world)
  const { record, exit_code } = await startRun({ ...work.runOf(event), id }, world)
  return { item, record, exit_code, error: null }
}

/** The name the schedule gives to the run of this time, so that only one of them starts it; later runs of the time have a number. */
async function newName({ label, identity }: StartEvent, pipeline: string, store: Store, world: RunWorld): Promise<string> {
  for (let number = 1; ; number++) {
    const name = runName(pipeline, label, number === 1 ? identity : `${identity} again ${number}`)
    if (await claimName(store, pipeline, name, world.now())) return name
  }
}
