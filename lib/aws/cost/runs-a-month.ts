/** Number of runs a schedule starts per month: those of the next year, divided by twelve. */
import type { Schedule } from '#language/definition/definition.ts'
import { startTimes } from '#run/starts/start-times.ts'
import { SECONDS_A_MONTH } from './prices.ts'

const YEAR_MS = 12 * SECONDS_A_MONTH * 1000

export function runsAMonth(schedule: Schedule, now: Date): number {
  if (schedule.every !== undefined) return SECONDS_A_MONTH / schedule.every
  let runs = 0
  // from its first time on, so that a schedule that starts next year does not count as none
  let first: number | undefined
  for (const moment of startTimes(schedule, now)) {
    first ??= moment.getTime()
    if (moment.getTime() >= first + YEAR_MS) break
    runs++
  }
  return runs / 12
}
