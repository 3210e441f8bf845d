/** Parses dates, timestamps and intervals in an expression: ISO 8601, validated without a database. */
import { trimmedText } from '#core/text/white-space.ts'

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/
const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z| ?[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?)?$/
const pad = (value: number, width = 2) => String(value).padStart(width, '0')

/** `2024-01-31` in canonical form; undefined if the text is not a date. A time is not allowed. */
export function isoDate(text: string): string | undefined {
  const match = DATE.exec(trimmedText(text))
  return match === null ? undefined : calendarDate(Number(match[1]), Number(match[2]), Number(match[3]))
}

function calendarDate(year: number, month: number, day: number): string | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const exists = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists ? `${pad(year, 4)}-${pad(month)}-${pad(day)}` : undefined
}

/** The date of an ISO 8601 text, ignoring a time after it; undefined if there is none. */
export function dateIn(text: string): string | undefined {
  const match = TIMESTAMP.exec(trimmedText(text))
  return match === null || isoTimestamp(text) === undefined ? undefined : calendarDate(Number(match[1]), Number(match[2]), Number(match[3]))
}

/** `2024-01-31 10:00:00[.ffffff]` in UTC; an offset in the text is applied. Undefined if the text is not a timestamp. */
export function isoTimestamp(text: string): string | undefined {
  const match = TIMESTAMP.exec(trimmedText(text))
  if (match === null) return undefined
  const [hour, minute, second] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)]
  const date = calendarDate(Number(match[1]), Number(match[2]), Number(match[3]))
  if (date === undefined || hour > 23 || minute > 59 || second > 59) return undefined
  const moment = new Date(`${date}T${pad(hour)}:${pad(minute)}:${pad(second)}Z`)
  moment.setTime(moment.getTime() - offsetMinutes(match[8] ?? 'Z') * 60_000)
  if (moment.getUTCFullYear() < 1 || moment.getUTCFullYear() > 9999) return undefined
  const fraction = (match[7] ?? '').slice(0, 6).replace(/0+$/, '')
  return `${moment.toISOString().slice(0, 19).replace('T', ' ')}${fraction === '' ? '' : `.${fraction}`}`
}

function offsetMinutes(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone.trim())
  return match === null ? 0 : (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? 0))
}

const UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'] as const
export const UNIT_NAMES: readonly string[] = UNITS
/** Units for which a date stays a date. */
export const isDayUnit = (unit: string) => ['year', 'quarter', 'month', 'week', 'day'].includes(unit)

/** `3 days`, `1 year 6 months`, `-2 hours` in canonical form; undefined if the text is not an interval or exceeds a million units. */
export function interval(text: string): string | undefined {
  const parts = [...text.matchAll(/\s*([+-]?\d{1,7}(?:\.\d{1,6})?)\s*([a-z]+)\s*,?/giy)]
  if (parts.length === 0 || parts.reduce((length, part) => length + part[0].length, 0) !== text.length) return undefined
  const canonical: string[] = []
  for (const [, amount = '', word = ''] of parts) {
    const unit = word.toLowerCase().replace(/s$/, '')
    if (!UNIT_NAMES.includes(unit) || Math.abs(Number(amount)) > 1e6 || (unit !== 'second' && amount.includes('.'))) return undefined
    canonical.push(`${Number(amount)} ${unit}${Math.abs(Number(amount)) === 1 ? '' : 's'}`)
  }
  return canonical.join(' ')
}

/** Whether a canonical interval has no part smaller than a day. */
export const hasWholeDays = (value: string) => !/hour|minute|second/.test(value)
