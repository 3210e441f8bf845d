/**
 * The schedules of all pipelines on one clock. Each time that has come becomes one message, as EventBridge Scheduler sends it. Time that was
 * slept through, and time without a server, is made up for or skipped, as `catchup` says.
 */
import type { Schedule } from '#language/definition/definition.ts'
import { isoIn } from '#core/time/zone.ts'
import { findJson, writeJson } from '#io/workspace/json-store.ts'
import type { Store } from '#io/store/store.ts'
import { keptAnchor } from '#run/starts/anchor.ts'
import { startsPrefix } from '#run/starts/claims.ts'
import { LAST_SCHEDULED } from '#run/starts/kinds/schedule.ts'
import { startOf } from '#run/starts/schedule-expression.ts'
import type { StartSettings } from '#run/starts/settings.ts'
import { startTimes } from '#run/starts/start-times.ts'
import type { Log, Message } from '#run/starts/start.ts'

/** Starts runs for messages; resolves with the ids of those that are to be sent again. */
export type Send = (messages: readonly Message[]) => Promise<readonly string[]>

export interface SchedulerWorld {
  readonly store: Store
  readonly pipelines: readonly { readonly settings: StartSettings; readonly send: Send }[]
  readonly log: Log
}

export interface Scheduler {
  /** Starts everything that has come to its time, up to this moment. */
  advance(now: Date): Promise<void>
  /** The next time of each pipeline that has one. */
  nextTimes(): ReadonlyMap<string, Date>
}

/** A run that starts later than this has missed its time. */
const GRACE = 5 * 60_000
/** How far back a clock may be set before schedules are computed anew. */
const SET_BACK = 60_000
/** Times that are sent together: fewer than a start makes up for at once. */
const BATCH = 40
/** When the scheduler last looked, for the next server. */
const ALIVE = 'starts/schedules-until.json'
/** How often that is written. */
const NOTE_EVERY = 30_000

interface Line {
  readonly id: string
  readonly schedule: Schedule
  readonly send: Send
  readonly anchor: Date | undefined
  /** Times up to this one have been handled. */
  until: Date
  /** The first one after it. */
  next: Date | undefined
}

/** Continues where the last server stopped. */
export async function openScheduler({ store, pipelines, log }: SchedulerWorld, now: Date): Promise<Scheduler> {
  const noted = await findJson<string>(store, ALIVE)
  const alive = noted === undefined || Date.parse(noted) > now.getTime() ? now : new Date(noted)
  const lines: Line[] = []
  for (const { settings, send } of pipelines) {
    const { id, schedule } = settings
    if (schedule === undefined) continue
    const anchor = await keptAnchor(id, schedule, now, store)
    const line: Line = { id, schedule, send, anchor, until: await handledUntil(id, schedule, alive, store), next: undefined }
    line.next = firstAfter(line)
    lines.push(line)
  }
  let seen = now
  let written = 0

  return {
    advance: async (at) => {
      if (at.getTime() < seen.getTime() - SET_BACK) {
        log.info('the clock was set back', { from: seen.toISOString(), to: at.toISOString() })
        for (const line of lines) if (line.until > at) moveTo(line, at)
      }
      seen = at
      for (const line of lines) {
        if (line.next === undefined || line.next > at) continue
        await handle(line, at, log).catch((error: unknown) =>
          log.error('a schedule could not be handled', { pipeline: line.id, reason: error }),
        )
      }
      if (Math.abs(at.getTime() - written) < NOTE_EVERY) return
      written = at.getTime()
      await writeJson(store, ALIVE, at.toISOString())
    },
    nextTimes: () => new Map(lines.flatMap(({ id, next }) => (next === undefined ? [] : [[id, next] as const]))),
  }
}

/** Times that were missed count from the last one that was started, or from the start date. */
async function handledUntil(id: string, schedule: Schedule, alive: Date, store: Store): Promise<Date> {
  if (!schedule.catchup) return alive
  const last = await findJson<string>(store, `${startsPrefix(id)}/${LAST_SCHEDULED}.json`)
  if (last !== undefined) return new Date(last) < alive ? new Date(last) : alive
  const start = startOf(schedule)
  return start === undefined || start > alive ? alive : new Date(start.getTime() - 1)
}

const firstAfter = ({ schedule, until, anchor }: Line): Date | undefined => startTimes(schedule, until, anchor).next().value ?? undefined

function moveTo(line: Line, until: Date): void {
  line.until = until
  line.next = firstAfter(line)
}

async function handle(line: Line, now: Date, log: Log): Promise<void> {
  const { id, schedule } = line
  const oldest = schedule.catchup ? Number.NEGATIVE_INFINITY : now.getTime() - GRACE
  let skipped: { first: Date; last: Date; count: number } | undefined
  let due: Date[] = []
  for (const moment of startTimes(schedule, line.until, line.anchor)) {
    if (moment > now) break
    if (moment.getTime() < oldest) skipped = { first: skipped?.first ?? moment, last: moment, count: (skipped?.count ?? 0) + 1 }
    else due.push(moment)
    if (due.length < BATCH) continue
    await sendAll(line, due)
    due = []
  }
  if (skipped !== undefined) {
    const { first, last, count } = skipped
    const reason = 'nobody scheduled then; `catchup: true` would start them now, siftstep backfill starts them by hand'
    log.info('starts skipped', {
      pipeline: id,
      count,
      first: isoIn(first, schedule.timezone),
      last: isoIn(last, schedule.timezone),
      reason,
    })
    if (due.length === 0) moveTo(line, last)
  }
  if (due.length > 0) await sendAll(line, due)
}

/** Sends the times until all of them are started, and remembers the last one. */
async function sendAll(line: Line, moments: readonly Date[]): Promise<void> {
  let messages = moments.map((moment): Message => {
    const scheduled_time = isoIn(moment, 'UTC')
    return { id: scheduled_time, body: JSON.stringify({ type: 'schedule', scheduled_time }) }
  })
  for (let left = messages.length + 1; messages.length > 0; ) {
    const again = new Set(await line.send(messages))
    if (again.size >= left) throw new Error(`${again.size} times of the schedule could not be started`)
    left = again.size
    messages = messages.filter(({ id }) => again.has(id))
  }
  const last = moments.at(-1)
  if (last !== undefined) moveTo(line, last)
}
