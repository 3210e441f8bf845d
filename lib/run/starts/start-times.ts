/** Start times of a schedule: the next ones, and those between two instants. */
import type { Schedule } from '#language/definition/definition.ts'
import { cronTimes, everyTimes } from '#core/time/fire-times.ts'
import { isoIn } from '#core/time/zone.ts'
import { cronOf, startOf } from './schedule-expression.ts'

/**
 * The times strictly after `after`, in order. Times of `every` count from `anchor`, a time at which the schedule did start a run;
 * without one, from a future start date. Not from a past one: EventBridge Scheduler accepts none, and counts from the creation of the
 * schedule.
 */
export function* startTimes(schedule: Schedule, after: Date, anchor?: Date): Generator<Date> {
  const start = startOf(schedule)
  if (schedule.every !== undefined) {
    const base = anchor ?? (start !== undefined && start > after ? start : undefined)
    if (base !== undefined) yield* everyTimes(schedule.every, base, after)
    return
  }
  const before = start === undefined || start <= after ? after : new Date(start.getTime() - 1)
  yield* cronTimes(cronOf(schedule), schedule.timezone, before)
}

/** The next times, in the time zone of the schedule. */
export function nextStarts(schedule: Schedule, after: Date, count: number, anchor?: Date): readonly string[] {
  const found: string[] = []
  for (const moment of startTimes(schedule, after, anchor)) {
    if (found.length === count) break
    found.push(isoIn(moment, schedule.timezone))
  }
  return found
}

/** Missed times after `after` and before `now`, oldest first, at most `most`. `last` is the last time that started a run. */
export function missedStarts(schedule: Schedule, after: Date, now: Date, most: number, last?: Date): readonly Date[] {
  const found: Date[] = []
  for (const moment of startTimes(schedule, after, last)) {
    if (moment >= now || found.length === most) break
    found.push(moment)
  }
  return found
}
