/** The logical dates of a backfill: the times of the schedule between two days, or each day where there is no schedule. */
import type { Schedule } from '#language/definition/definition.ts'
import { cronTimes, everyTimes } from '#core/time/fire-times.ts'
import { momentOf } from '#core/time/zone.ts'
import { cronOf, startOf } from '#run/starts/schedule-expression.ts'

/** Of a pipeline without a schedule. */
export const EACH_DAY: Schedule = { cron: '0 0 * * *', timezone: 'UTC', catchup: false, inputs: {} }

/** More dates than this are rather a mistake. */
const MAX_DATES = 10_000

export interface DatesWanted {
  readonly schedule: Schedule
  /** Days or times: `2026-09-01`, or `2026-09-01T08:00` in the zone of the schedule. */
  readonly from: string
  /** The last day, with all its times, or the last time. */
  readonly to: string
  /** From when an interval (`every`) is counted, if that is known. */
  readonly anchor: Date | undefined
}

export type Dates = { readonly dates: readonly Date[] } | { readonly problem: string; readonly hint: string }

/** In order. Times after `now` have not come, so they are not among them. */
export function backfillDates({ schedule, from, to, anchor }: DatesWanted, now: Date): Dates {
  const first = boundary(from, schedule.timezone, 'first')
  const last = boundary(to, schedule.timezone, 'last')
  if (first > last) return { problem: `--from ${from} is after --to ${to}`, hint: 'exchange them' }
  if (first > now) return { problem: `--from ${from} is in the future`, hint: 'the schedule starts those runs when their time has come' }
  const start = startOf(schedule)
  if (start !== undefined && first < start)
    return {
      problem: `--from ${from} is before the start_date of the schedule, ${schedule.start_date}`,
      hint: `use --from ${schedule.start_date}`,
    }
  const dates: Date[] = []
  for (const moment of timesFrom(schedule, first, anchor)) {
    if (moment > last || moment > now) break
    if (dates.length === MAX_DATES) {
      const hint = 'choose a shorter time between --from and --to, and backfill in parts'
      return { problem: `more than ${MAX_DATES.toLocaleString('en')} runs between ${from} and ${to}`, hint }
    }
    dates.push(moment)
  }
  return { dates }
}

function timesFrom(schedule: Schedule, first: Date, anchor: Date | undefined): Generator<Date> {
  const before = new Date(first.getTime() - 1)
  if (schedule.every === undefined) return cronTimes(cronOf(schedule), schedule.timezone, before)
  const step = schedule.every * 1000
  const base = anchor ?? first
  // the same times as from the anchor on, also before it
  const earlier = Math.max(0, Math.ceil((base.getTime() - first.getTime()) / step))
  return everyTimes(schedule.every, new Date(base.getTime() - earlier * step), before)
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** The first or the last moment of a day in a zone; a time is itself. */
function boundary(text: string, zone: string, which: 'first' | 'last'): Date {
  const [day = '', time] = text.split('T')
  if (time !== undefined) return /(Z|[+-]\d\d:\d\d)$/.test(time) ? new Date(text) : inZone(Date.parse(`${text}Z`), zone)
  const midnight = Date.parse(`${day}T00:00:00Z`)
  return which === 'first' ? inZone(midnight, zone) : new Date(inZone(midnight + DAY, zone).getTime() - 1)
}

/** The moment when clocks show a time, or where they skip it, the first that they show after it. */
function inZone(wall: number, zone: string): Date {
  for (let at = wall; ; at += MINUTE) {
    const date = new Date(at)
    const moment = momentOf(
      {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
      },
      zone,
    )
    if (moment !== undefined) return moment
  }
}
