/** What a schedule does when the clocks of its zone change: times that do not exist start nothing, times that occur twice start one run. */
import type { Schedule } from '#language/definition/definition.ts'
import { clockChanges, type WallTime } from '#core/time/zone.ts'
import type { Cron } from '#core/time/cron.ts'
import { cronOf } from './schedule-expression.ts'

export interface ScheduledChange {
  /** The day, and the times that the clocks show before and after: `2027-03-28`, `02:00`, `03:00`. */
  readonly date: string
  readonly from: string
  readonly to: string
  /** Times of the schedule that do not exist on this day. */
  readonly skipped: readonly string[]
  /** Times of the schedule that occur twice; the first starts a run. */
  readonly twice: readonly string[]
}

const MINUTE = 60_000

/** The changes between two moments. Intervals (`every`) count elapsed time, which no clock changes. */
export function scheduledChanges(schedule: Schedule, from: Date, until: Date): readonly ScheduledChange[] {
  const cron = schedule.every === undefined ? cronOf(schedule) : undefined
  return clockChanges(schedule.timezone, from, until).map(({ before, after }) => {
    const [low, high] = [utcOf(before), utcOf(after)].sort((a, b) => a - b) as [number, number]
    const times = cron === undefined ? [] : timesBetween(cron, low, high)
    const forward = utcOf(after) > utcOf(before)
    return { date: textOf(utcOf(before)).slice(0, 10), from: clockOf(before), to: clockOf(after), ...placed(times, forward) }
  })
}

const placed = (times: readonly string[], forward: boolean) => ({ skipped: forward ? times : [], twice: forward ? [] : times })

/** The wall times of a cron expression in an interval, as `HH:MM`. */
function timesBetween({ minutes, hours, days, months, weekdays }: Cron, low: number, high: number): readonly string[] {
  const found: string[] = []
  for (let at = low; at < high; at += MINUTE) {
    const wall = new Date(at)
    const isDay = (days?.includes(wall.getUTCDate()) ?? true) && (weekdays?.includes(wall.getUTCDay()) ?? true)
    const isTime = hours.includes(wall.getUTCHours()) && minutes.includes(wall.getUTCMinutes())
    if (isDay && isTime && months.includes(wall.getUTCMonth() + 1)) found.push(textOf(at).slice(11, 16))
  }
  return found
}

const utcOf = ({ year, month, day, hour, minute }: WallTime) => Date.UTC(year, month - 1, day, hour, minute)
const textOf = (time: number) => new Date(time).toISOString()
const clockOf = (wall: WallTime) => textOf(utcOf(wall)).slice(11, 16)
