/**
 * Computes when a schedule starts runs, like EventBridge Scheduler: a time that is skipped in spring starts nothing, a time that occurs
 * twice in autumn starts one run. Source: EventBridge Scheduler user guide, "Daylight savings time on EventBridge Scheduler".
 */
import type { Cron } from './cron.ts'
import { momentOf, wallTime } from './zone.ts'

const DAY = 24 * 60 * 60_000
/** Covers every possible day, including 29 February. */
const MAX_DAYS = 8 * 366

/** The moments after `after`, in order, for eight years. */
export function* cronTimes(cron: Cron, zone: string, after: Date): Generator<Date> {
  const first = wallTime(after, zone)
  for (let count = 0; count < MAX_DAYS; count++) {
    const date = new Date(Date.UTC(first.year, first.month - 1, first.day) + count * DAY)
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
    if (!cron.months.includes(month) || !(cron.days?.includes(day) ?? true) || !(cron.weekdays?.includes(date.getUTCDay()) ?? true))
      continue
    const moments = cron.hours.flatMap((hour) => cron.minutes.flatMap((minute) => momentOf({ year, month, day, hour, minute }, zone) ?? []))
    // around a clock change, the order of wall times differs from the order of moments
    for (const moment of moments.sort((a, b) => a.getTime() - b.getTime())) {
      if (moment <= after) continue
      yield moment
    }
  }
}

/** The moments after `after` that are multiples of `every` seconds from `start`, including the start itself. */
export function* everyTimes(every: number, start: Date, after: Date): Generator<Date> {
  const step = every * 1000
  const passed = Math.floor((after.getTime() - start.getTime()) / step) + 1
  for (let number = Math.max(0, passed); ; number++) yield new Date(start.getTime() + number * step)
}
