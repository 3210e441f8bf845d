/** Days and times on a command line. */
import { UsageError } from '#cli/terminal/usage-error.ts'

const DAY_OR_TIME = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/

/** The text of a day or a time, checked: `2026-11-21`, `2026-11-21T08:00:00Z`. Throws a UsageError. */
export function dayOrTime(given: string, flag: string, command: string): string {
  const [, day = ''] = DAY_OR_TIME.exec(given) ?? []
  const exists = !Number.isNaN(Date.parse(given)) && isDay(day)
  if (exists) return given
  const what = day !== '' && !isDay(day) ? `the calendar has no day ${day}` : `invalid ${flag} ${given}`
  throw new UsageError(what, 'use a date such as 2026-11-21, or a time such as 2026-11-21T08:00:00Z', command)
}

/** JavaScript takes 30 February for 2 March. */
const isDay = (day: string) => {
  const moment = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(day)
}

/** A whole number of at least 1. Throws a UsageError. */
export function countOf(given: string, flag: string, most: number, command: string): number {
  const count = /^\d{1,9}$/.test(given) ? Number(given) : 0
  if (count >= 1 && count <= most) return count
  throw new UsageError(`invalid ${flag} ${given}`, `use a whole number from 1 to ${most.toLocaleString('en')}`, command)
}
