/** The functions over dates and timestamps of the reference engine, by their names. */
import { isDayUnit } from '#relational/expression/moments.ts'
import { type Implementation, strict } from './implementation.ts'
import { dayOfYear, formatted, MONTHS, parsed, WEEKDAYS, weekdayOf } from './formats.ts'
import {
  civilOf,
  clockOf,
  type Clock,
  DAY,
  dayOf,
  daysIn,
  daysOf,
  floorDivide,
  inRange,
  plusInterval,
  UNIT_DAYS,
  UNIT_MICROS,
  UNIT_MONTHS,
} from './moments.ts'
import { finite, round, toInteger } from './values.ts'

type Moment = number | bigint

const asMoment = (value: Moment): bigint => (typeof value === 'number' ? BigInt(value) * DAY : value)
const asDay = (value: Moment): number => (typeof value === 'number' ? value : dayOf(value))

const ofDay = (part: (days: number) => number | bigint | string) =>
  strict((value: Moment) => {
    const found = part(asDay(value))
    return typeof found === 'number' ? BigInt(found) : found
  })
const ofClock = (part: (clock: Clock) => number) => strict((value: Moment) => BigInt(part(clockOf(asMoment(value)))))

/** The week of ISO 8601: that of the Thursday. */
const weekOf = (days: number) => Math.floor((dayOfYear(days - weekdayOf(days) + 4) - 1) / 7) + 1

/** The start of the unit that contains the moment. */
function start(unit: string, moment: bigint): bigint {
  const micros = UNIT_MICROS.get(unit)
  if (micros !== undefined) return floorDivide(moment, micros) * micros
  const days = dayOf(moment)
  const { year, month } = civilOf(days)
  const first: Readonly<Record<string, () => number | null>> = {
    year: () => daysOf({ year, month: 1, day: 1 }),
    quarter: () => daysOf({ year, month: month - ((month - 1) % 3), day: 1 }),
    month: () => daysOf({ year, month, day: 1 }),
    week: () => days - weekdayOf(days) + 1,
    day: () => days,
  }
  return BigInt(first[unit]?.() as number) * DAY
}

/** The number of a unit, so that the difference of two is the number of boundaries between them. */
function numberOf(unit: string, moment: bigint): bigint {
  const { year, month } = civilOf(dayOf(moment))
  const months = BigInt(year * 12 + month - 1)
  if (UNIT_MONTHS.has(unit)) return floorDivide(months, BigInt(UNIT_MONTHS.get(unit) as number))
  if (unit === 'week') return floorDivide(BigInt(dayOf(moment) + 3), 7n)
  return floorDivide(moment, UNIT_MICROS.get(unit) ?? DAY)
}

const added: Implementation = ({ args: [_unit, count, moment], types, texts: [unit = ''] }) => {
  if (count === null || moment === null || count === undefined || moment === undefined) return null
  const scaled = (factor: number | bigint, bits: number): bigint | null => {
    const product = (count as bigint) * BigInt(factor)
    return BigInt.asIntN(bits, product) === product ? product : null
  }
  const months = scaled(UNIT_MONTHS.get(unit) ?? 0, 32)
  const days = scaled(UNIT_DAYS.get(unit) ?? 0, 32)
  const micros = scaled(UNIT_MICROS.get(unit) ?? 0n, 64)
  if (months === null || days === null || micros === null) return null
  const end = plusInterval(asMoment(moment as Moment), { months: Number(months), days: Number(days), micros }, 1)
  return end === null ? null : types[2] === 'date' && isDayUnit(unit) ? dayOf(end) : end
}

/** Full years by calendar month and day; backwards before the birth. */
function years(birth: Moment, on: Moment): bigint {
  const [from, to] = [civilOf(asDay(birth)), civilOf(asDay(on))]
  const ofYear = ({ month, day }: { month: number; day: number }) => month * 100 + day
  const count = to.year - from.year
  if (asDay(on) >= asDay(birth)) return BigInt(count - (ofYear(to) < ofYear(from) ? 1 : 0))
  return BigInt(count + (ofYear(to) > ofYear(from) ? 1 : 0))
}

function madeDate(year: bigint, month: bigint, day: bigint): number | null {
  if ([year, month, day].some((part) => BigInt.asIntN(32, part) !== part)) return null
  return daysOf({ year: Number(year), month: Number(month), day: Number(day) })
}

export const DATE_FUNCTIONS: { readonly [name: string]: Implementation } = {
  date: ({ args: [value = null] }) => value,
  timestamp: ({ args: [value = null] }) => value,
  to_date: strict((text: string, format: string) => {
    const moment = parsed(text, format)
    return moment === null ? null : dayOf(moment)
  }),
  to_timestamp: strict(parsed),
  strftime: strict((moment: Moment, format: string) => formatted(asMoment(moment), format)),
  make_date: strict(madeDate),
  year: ofDay((days) => civilOf(days).year),
  quarter: ofDay((days) => Math.floor((civilOf(days).month + 2) / 3)),
  month: ofDay((days) => civilOf(days).month),
  week: ofDay(weekOf),
  day: ofDay((days) => civilOf(days).day),
  day_of_year: ofDay(dayOfYear),
  weekday: ofDay(weekdayOf),
  hour: ofClock(({ hour }) => hour),
  minute: ofClock(({ minute }) => minute),
  second: ofClock(({ second }) => second),
  day_name: ofDay((days) => WEEKDAYS[weekdayOf(days) - 1] as string),
  month_name: ofDay((days) => MONTHS[civilOf(days).month - 1] as string),
  date_trunc: ({ args: [_unit, moment], types, texts: [unit = ''] }) => {
    if (moment === null || moment === undefined) return null
    const first = inRange(start(unit, asMoment(moment as Moment)))
    return first === null ? null : types[1] === 'date' ? dayOf(first) : first
  },
  last_day: ofDayAsDate((days) => {
    const { year, month } = civilOf(days)
    return daysOf({ year, month, day: daysIn(year, month) })
  }),
  date_add: added,
  date_diff: ({ args: [_unit, from, to], texts: [unit = ''] }) =>
    from === null || to === null ? null : numberOf(unit, asMoment(to as Moment)) - numberOf(unit, asMoment(from as Moment)),
  age_years: strict(years),
  epoch: strict((moment: Moment) => floorDivide(asMoment(moment), 1_000_000n)),
  from_epoch: strict((seconds: number) => {
    const micros = finite(round(seconds * 1e6))
    const moment = micros === null ? null : toInteger(micros)
    return moment === null ? null : inRange(moment)
  }),
}

function ofDayAsDate(part: (days: number) => number | null): Implementation {
  return strict((value: Moment) => part(asDay(value)))
}
