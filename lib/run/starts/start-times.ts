/** When a schedule starts runs: next, and between two moments. */
import type { Schedule } from '#language/definition/definition.ts'
import { cronTimes, everyTimes } from '#core/time/fire-times.ts'
import { isoIn } from '#core/time/zone.ts'
import { cronOf, startOf } from './schedule-expression.ts'

/**
 * The moments strictly after `after`, in order. Those of `every` are counted from `anchor`, a moment at which the schedule did start
 * something; without one from a start date that is still to come. From one that is over they are not: EventBridge Scheduler takes none
 * such, and counts from when it was told of the schedule.
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

/** The next moments, as the time zone of the schedule writes them. */
export function nextStarts(schedule: Schedule, after: Date, count: number, anchor?: Date): readonly string[] {
  const found: string[] = []
  for (const moment of startTimes(schedule, after, anchor)) {
    if (found.length === count) break
    found.push(isoIn(moment, schedule.timezone))
  }
  return found
}

/** Moments after `after` and before `now` at which nothing started, oldest first, at most `most`. `last` is the last one that did. */
export function missedStarts(schedule: Schedule, after: Date, now: Date, most: number, last?: Date): readonly Date[] {
  const found: Date[] = []
  for (const moment of startTimes(schedule, after, last)) {
    if (moment >= now || found.length === most) break
    found.push(moment)
  }
  return found
}
