/** parse_date of the reference engine: text of the forms of a column as a date or a timestamp. */
import type { DateOptions } from '#relational/cells/parse-date.ts'
import { parsed } from './formats.ts'
import { civilOf, dayOf, daysOf, momentOf } from './moments.ts'
import type { Cell } from './values.ts'

const isIso = (format: string) => /^%Y[-/]/.test(format)
const ISO = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?( ?(?:Z|[+-]\d{2}(?::?\d{2})?))?)?$/

/** A date of ISO 8601, of which months and days may have one digit. A date has no time, and a time an offset only if the column has offsets. */
function isoMoment(text: string, to: DateOptions['to'], zoned: boolean): bigint | null {
  const parts = ISO.exec(text)
  if (parts === null) return null
  const number = (at: number) => Number(parts[at] ?? 0)
  const zone = parts[9]?.trim() ?? ''
  if (to === 'date' && parts[5] !== undefined) return null
  if (!zoned && zone !== '' && zone !== 'Z') return null
  const micros = Number((parts[8] ?? '').padEnd(6, '0').slice(0, 6))
  const day = daysOf({ year: number(1), month: number(3), day: number(4) })
  const clock = { hour: number(5), minute: number(6), second: number(7), micros }
  // 24:00 is the end of a day, and the start of the next
  const isEnd = clock.hour === 24 && clock.minute + clock.second + micros === 0
  const local = isEnd && day !== null ? momentOf(day + 1, { ...clock, hour: 0 }) : momentOf(day, clock)
  if (local === null || zone === '' || zone === 'Z') return local
  const [, sign, hours, minutes] = /([+-])(\d{2}):?(\d{2})?/.exec(zone) ?? []
  const offset = BigInt(Number(hours) * 60 + Number(minutes ?? 0)) * 60_000_000n
  return sign === '-' ? local + offset : local - offset
}

export function parseDate(text: string, { to, formats }: DateOptions): Cell {
  const moment = momentIn(text, to, formats)
  return moment === null ? null : to === 'date' ? dayOf(moment) : moment
}

function momentIn(text: string, to: DateOptions['to'], formats: readonly string[]): bigint | null {
  const iso = formats.filter(isIso)
  if (iso.some((format) => new RegExp(`^.{4}${format.charAt(2)}.{1,2}${format.charAt(2)}`, 'su').test(text)))
    return isoMoment(
      text,
      to,
      iso.some((format) => format.includes('%z')),
    )
  const isDigits = (length: number) => new RegExp(`^\\d{${length}}$`).test(text)
  if (formats.includes('epoch_s') && isDigits(10)) return BigInt(text) * 1_000_000n
  if (formats.includes('epoch_ms') && isDigits(13)) return BigInt(text) * 1000n
  // two digits of a year are tried before four: %Y would take them for a year of the first century
  const rest = formats.filter((format) => !isIso(format) && !format.startsWith('epoch'))
  const ordered = [...rest.filter((format) => format.includes('%y')), ...rest.filter((format) => !format.includes('%y'))]
  const moment = ordered.map((format) => parsed(text, format)).find((found) => found !== null) ?? null
  return moment !== null && civilOf(dayOf(moment)).year >= 100 ? moment : null
}
