/** The calendar of the reference engine: dates as days, timestamps as microseconds since 1970-01-01, of the Gregorian calendar. */
import { ISO_OFFSET_MINUTE, ISO_OFFSET_SECOND, ISO_PLAIN } from '#relational/types/text-forms.ts'

export const DAY = 86_400_000_000n

export const floorDivide = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b

export interface Civil {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Days of a year, month and day; null if there is no such day. */
export function daysOf({ year, month, day }: Civil): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null
  const shifted = year - (month <= 2 ? 1 : 0)
  const era = Math.floor(shifted / 400)
  const ofEra = shifted - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}

export const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
export const daysIn = (year: number, month: number) => (month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31)

export function civilOf(days: number): Civil {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const ofEra = shifted - era * 146_097
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365)
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 }
}

export const pad = (value: number, width = 2) => String(value).padStart(width, '0')

export function dateText(days: number): string {
  const { year, month, day } = civilOf(days)
  return year > 0 ? `${pad(year, 4)}-${pad(month)}-${pad(day)}` : `${pad(1 - year, 4)}-${pad(month)}-${pad(day)} (BC)`
}

export interface Clock {
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly micros: number
}

export const dayOf = (moment: bigint): number => Number(floorDivide(moment, DAY))

export function clockOf(moment: bigint): Clock {
  const rest = Number(moment - floorDivide(moment, DAY) * DAY)
  const seconds = Math.floor(rest / 1e6)
  return { hour: Math.floor(seconds / 3600), minute: Math.floor(seconds / 60) % 60, second: seconds % 60, micros: rest % 1e6 }
}

export function timestampText(moment: bigint): string {
  const { hour, minute, second, micros } = clockOf(moment)
  const fraction = micros === 0 ? '' : `.${pad(micros, 6).replace(/0+$/, '')}`
  return `${dateText(dayOf(moment))} ${pad(hour)}:${pad(minute)}:${pad(second)}${fraction}`
}

/** The moment of a day and a time of day; null if either does not exist, or beyond the range of a timestamp. */
export function momentOf(days: number | null, { hour, minute, second, micros }: Clock): bigint | null {
  if (days === null || hour > 23 || minute > 59 || second > 59) return null
  return inRange(BigInt(days) * DAY + BigInt((hour * 60 + minute) * 60 + second) * 1_000_000n + BigInt(micros))
}

/** A timestamp, or null beyond 290309 BC to 294247. */
export const inRange = (moment: bigint): bigint | null => (moment < -9_223_372_022_400_000_000n || moment > 2n ** 63n - 2n ? null : moment)

const PARTS = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(?:Z| ?([+-])(\d{2}):?(\d{2})?)?$/

/** Text of ISO 8601: the date as written, and the moment in UTC. */
export function isoMoment(said: string): { readonly day: number; readonly moment: bigint } | null {
  const known = [ISO_PLAIN, ISO_OFFSET_MINUTE, ISO_OFFSET_SECOND].some((form) => new RegExp(`^(?:${form})$`, 'u').test(said))
  const parts = known ? PARTS.exec(said) : null
  if (parts === null) return null
  const number = (at: number) => Number(parts[at] ?? 0)
  const day = daysOf({ year: number(1), month: number(2), day: number(3) })
  const micros = Number((parts[7] ?? '').padEnd(6, '0').slice(0, 6))
  const local = momentOf(day, { hour: number(4), minute: number(5), second: number(6), micros })
  if (day === null || local === null) return null
  if (parts[8] === undefined) return { day, moment: local }
  const offset = BigInt(number(9) * 60 + number(10)) * 60_000_000n
  const moment = parts[8] === '-' ? local + offset : local - offset
  const { year } = civilOf(dayOf(moment))
  return year >= 1 && year <= 9999 ? { day, moment } : null
}

export interface Interval {
  readonly months: number
  readonly days: number
  readonly micros: bigint
}

export const UNIT_MICROS: ReadonlyMap<string, bigint> = new Map([
  ['hour', 3_600_000_000n],
  ['minute', 60_000_000n],
  ['second', 1_000_000n],
])
export const UNIT_MONTHS: ReadonlyMap<string, number> = new Map([
  ['year', 12],
  ['quarter', 3],
  ['month', 1],
])
export const UNIT_DAYS: ReadonlyMap<string, number> = new Map([
  ['week', 7],
  ['day', 1],
])

/** An interval in canonical form: `1 year 2 months`, `-1.5 seconds`. */
export function intervalOf(text: string): Interval {
  let [months, days, micros] = [0, 0, 0n]
  for (const [, amount = '', word = ''] of text.matchAll(/(-?[\d.]+) ([a-z]+)/g)) {
    const unit = word.replace(/s$/, '')
    months += (UNIT_MONTHS.get(unit) ?? 0) * Number(amount)
    days += (UNIT_DAYS.get(unit) ?? 0) * Number(amount)
    micros += BigInt(Math.round(Number(amount) * Number(UNIT_MICROS.get(unit) ?? 0n)))
  }
  return { months, days, micros }
}

/** Adds an interval: first its months, where the 31st becomes the last day of a shorter month, then its days, then the rest. */
export function plusInterval(moment: bigint, { months, days, micros }: Interval, sign: 1 | -1): bigint | null {
  const start = dayOf(moment)
  const ofDay = moment - BigInt(start) * DAY
  const { year, month, day } = civilOf(start)
  const total = year * 12 + (month - 1) + sign * months
  const [newYear, newMonth] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1]
  const moved = months === 0 ? start : daysOf({ year: newYear, month: newMonth, day: Math.min(day, daysIn(newYear, newMonth)) })
  if (moved === null) return null
  return inRange(BigInt(moved + sign * days) * DAY + ofDay + BigInt(sign) * micros)
}
