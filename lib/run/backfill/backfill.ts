/** Carries out a backfill: a run for each logical date that has none that is good, in order, several at a time. */
import { TaskError } from '#core/errors/errors.ts'
import { takeLock } from '#io/workspace/lock.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import type { RunRecord } from '#data/report/run-record.ts'
import { EXIT, exitCodeOfRecord } from '#run/local/events.ts'
import type { RunWorld } from '#run/runs/carry-out.ts'
import { resumeRun } from '#run/runs/resume.ts'
import { RunError } from '#run/runs/run-error.ts'
import { type NewRun, startRun } from '#run/runs/start.ts'
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
  /** Called when the run of a date begins, and when it has ended or could not begin. */
  onBegin(item: BackfillItem): void
  onEnd(done: Done): void
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
    const done: Done[] = []
    let next = 0
    const lane = async () => {
      while (next < work.items.length) {
        const at = next++
        const item = work.items[at] as BackfillItem
        done[at] = await one(item, work, store, world)
      }
    }
    await Promise.all(Array.from({ length: Math.min(work.most, work.items.length) }, lane))
    return done
  } finally {
    await lock.taken.release()
  }
}

async function one(item: BackfillItem, work: Backfill, store: Store, world: RunWorld): Promise<Done> {
  const record = item.run?.record ?? null
  if (item.todo === 'good') return { item, record, exit_code: record === null ? EXIT.ok : exitCodeOfRecord(record), error: null }
  if (item.todo === 'running' || item.todo === 'queued') return { item, record, exit_code: EXIT.failed, error: null }
  if (world.signal?.aborted === true) return { item, record: null, exit_code: EXIT.interrupted, error: null }
  work.onBegin(item)
  const done = await carriedOut(item, work, store, world).catch((error: unknown): Done => {
    if (!(error instanceof RunError || error instanceof TaskError)) throw error
    const hint = error.hint === undefined ? '' : `; ${error.hint}`
    return { item, record: null, exit_code: EXIT.failed, error: `${error.message}${hint}` }
  })
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
  const id = await newName(event, work.pipeline, store, world)
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
