/** A schedule as a short text. */
import type { Schedule } from '#language/definition/definition.ts'
import { seconds } from '#core/text/numbers.ts'

export const scheduleText = ({ cron, every, timezone }: Schedule): string =>
  every === undefined ? `cron ${cron} ${timezone}` : `every ${everyText(every)}`

function everyText(every: number): string {
  if (every % 86_400 === 0) return `${every / 86_400} d`
  if (every % 3600 === 0) return `${every / 3600} h`
  return every % 60 === 0 ? `${every / 60} min` : seconds(every)
}
