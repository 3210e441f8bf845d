/**
 * A schedule as an EventBridge Scheduler expression. Its cron has six fields including the year, counts weekdays from 1 for Sunday, and
 * uses `?` for the unused one of the two day fields. Source: EventBridge Scheduler user guide, "Schedule types".
 */
import type { Schedule } from '#language/definition/definition.ts'
import { type Cron, parseCron } from '#core/time/cron.ts'
import { momentOf } from '#core/time/zone.ts'

export function scheduleExpression(schedule: Schedule): string {
  return schedule.every === undefined ? cronExpression(cronOf(schedule)) : rateExpression(schedule.every)
}

/** The sets of a schedule's cron expression, which was checked with the definition. */
export function cronOf({ cron = '' }: Schedule): Cron {
  const parsed = parseCron(cron)
  if (!parsed.ok) throw new Error(`unreported problem in the cron expression ${cron}: ${parsed.problem.what}`)
  return parsed.cron
}

/** The first instant of the start date, if there is one. */
export function startOf({ start_date, timezone }: Schedule): Date | undefined {
  if (start_date === undefined) return undefined
  const [year = 0, month = 1, day = 1] = start_date.split('-').map(Number)
  // where clocks skip midnight, the day starts at the end of the gap
  const hours = [0, 1, 2, 3].flatMap((hour) => momentOf({ year, month, day, hour, minute: 0 }, timezone) ?? [])
  return hours[0]
}

function cronExpression({ minutes, hours, days, months, weekdays }: Cron): string {
  const fields = [
    field(minutes, 0, 59),
    field(hours, 0, 23),
    days === null ? (weekdays === null ? '*' : '?') : field(days, 1, 31),
    field(months, 1, 12),
    weekdays === null
      ? '?'
      : field(
          weekdays.map((day) => day + 1),
          1,
          7,
        ),
    '*',
  ]
  return `cron(${fields.join(' ')})`
}

/** The values in the shortest notation: all, steps, or a list with ranges. */
function field(values: readonly number[], low: number, high: number): string {
  if (values.length === high - low + 1) return '*'
  const [first = low, second] = values
  const step = second === undefined ? 0 : second - first
  const reaches = (values.at(-1) ?? low) + step > high
  if (values.length > 2 && step > 1 && reaches && values.every((value, at) => value === first + at * step)) return `${first}/${step}`
  const runs: [from: number, to: number][] = []
  for (const value of values) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] === value - 1) last[1] = value
    else runs.push([value, value])
  }
  return runs.map(([from, to]) => (to - from > 1 ? `${from}-${to}` : to > from ? `${from},${to}` : String(from))).join(',')
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

function rateExpression(seconds: number): string {
  const [unit, length] = UNITS.find(([, size]) => seconds % size === 0) ?? UNITS[2]
  const count = seconds / length
  return `rate(${count} ${unit}${count === 1 ? '' : 's'})`
}
