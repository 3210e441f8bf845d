/** The formats of a column's dates, and the order of day and month: decided over all its cells, never guessed. */
import { type DateOrder, orderedFormat } from '#relational/types/dates.ts'
import type { MonthLanguage } from '#relational/types/month-words.ts'
import type { Evidence } from './evidence.ts'
import { monthNames } from './month-language.ts'

/** Up to this share, dates in the other order are errors; above it nobody knows which one holds. */
const FEW = 0.01

export interface Dates {
  readonly formats: readonly string[]
  /** Cells that one of the formats reads, and cells in the shape of dates. */
  readonly count: number
  readonly seen: number
  readonly time: boolean
  /** Why cells in the shape of dates are not read as dates; null if nothing speaks against it. */
  readonly against: string | null
  /** The setting that reads them. */
  readonly setting: string
  /** Cells that are not read, although they look like dates. */
  readonly doubts: readonly string[]
}

export interface DateWishes {
  readonly date_order: 'auto' | DateOrder
  /** The language of months that are other months in other languages (default: that of the other dates). */
  readonly date_language?: MonthLanguage | undefined
}

/** Settings that decide the order of day and month. */
export const ORDER_SETTING = 'date_order: dmy or mdy'

/** `apart`: why the files of the dataset cannot be read alike. */
export function datesOf(name: string, evidence: Evidence, { date_order: wish, date_language }: DateWishes, apart?: string): Dates {
  const all = Object.entries(evidence.dates).sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1))
  const seen = all.reduce((sum, [, { count }]) => sum + count, 0)
  const dmy = all.reduce((sum, [, one]) => sum + one.dmy, 0)
  const mdy = all.reduce((sum, [, one]) => sum + one.mdy, 0)
  const present = evidence.cells - evidence.missing
  const open = all.filter(([format]) => format.includes('%1'))
  const openCount = open.reduce((sum, [, { count }]) => sum + count, 0)
  if (wish === 'auto' && all.length > 0 && all.every(([format]) => looksLikeCode(format, name))) return none(seen)
  const order = wish !== 'auto' ? wish : dmy > 0 && mdy <= FEW * dmy ? 'dmy' : mdy > 0 && dmy <= FEW * mdy ? 'mdy' : null
  const against = (why: string): Dates => ({ ...none(seen), against: why })
  if (wish === 'auto' && openCount > FEW * present) {
    if (apart !== undefined) return against(apart)
    if (order === null && dmy > 0) return against(`mixes dates with the day first (${dmy}) and with the month first (${mdy})`)
    if (order === null) return against('holds dates that are ambiguous (day first or month first)')
  }
  // no calendar writes the month first with points
  if (wish === 'auto' && order === 'mdy' && all.every(([format]) => /^%1\.%2\.%y$/.test(format)) && all.length > 0) return none(seen)
  // a few dates in a form whose order nothing shows are left out, and said
  const ordered = all.filter(([format]) => order !== null || !format.includes('%1'))
  const months = monthNames(
    all.map(([format, { count }]) => [format, count]),
    date_language,
  )
  const used = ordered.filter(([format]) => months.formatsOf(format)?.length !== 0)
  const unnamed = ordered.reduce((sum, [format, { count }]) => (months.formatsOf(format)?.length === 0 ? sum + count : sum), 0)
  const doubts =
    ordered.length < all.length && ordered.length > 0
      ? [
          `"${name}" has ${openCount} ambiguous ${openCount === 1 ? 'date' : 'dates'} (day first or month first), not read as dates. Set date_order: dmy or mdy in the discover step`,
        ]
      : []
  if (unnamed > 0)
    doubts.push(
      `"${name}" has ${unnamed} ${unnamed === 1 ? 'date' : 'dates'} ${months.why}, not read as dates. Set ${months.setting} in the discover step`,
    )
  if (months.contradicting > 0)
    doubts.push(
      `"${name}" has ${months.contradicting} ${months.contradicting === 1 ? 'date' : 'dates'} in words of another language than date_language says (${date_language}), beside months that it decides`,
    )
  const formats = [...new Set(used.flatMap(([format]) => months.formatsOf(format) ?? [orderedFormat(format, order ?? 'mdy')]))]
  const wrong = order === 'dmy' ? mdy : order === 'mdy' ? dmy : 0
  let count = used.reduce((sum, [, one]) => sum + one.count, 0) - (wish === 'auto' ? wrong : 0)
  let time = used.some(([, one]) => one.time)
  if (wish === 'auto' && wrong > 0)
    doubts.push(
      `"${name}" has ${wrong} ${wrong === 1 ? 'date' : 'dates'} that cannot be in the order of the others (${order}). To read another order, set date_order in the discover step`,
    )
  const times = used.filter(([, one]) => one.time)
  const zoned = times.filter(([format]) => /%z|Z$| UTC$| GMT$/.test(format))
  if (zoned.length > 0 && zoned.length < times.length) {
    const cells = (some: typeof used) => some.reduce((sum, [, one]) => sum + one.count, 0)
    doubts.push(
      `"${name}" mixes times with a time zone (${cells(zoned)}) and without (${cells(times) - cells(zoned)}); those without are read as UTC`,
    )
  }
  if (used.some(([format]) => format.includes('%y')))
    doubts.push(
      `"${name}" has years of two digits, read as 1969 to 2068; for other centuries, set types: {${JSON.stringify(name)}: text} in the discover step`,
    )
  // plain numbers are times only next to written ones, or if the name suggests it
  const { seconds, millis } = evidence.epochs
  if (
    seconds + millis > 0 &&
    (count > 0.3 * present || (/(^|_)(ts|time|timestamp|epoch)$|_at$/i.test(name) && count + seconds + millis >= (1 - FEW) * present))
  ) {
    if (seconds > 0) formats.push('epoch_s')
    if (millis > 0) formats.push('epoch_ms')
    count += seconds + millis
    time = true
  }
  const why =
    unnamed > FEW * present ? `has ${unnamed} ${unnamed === 1 ? 'date' : 'dates'} ${months.why}, and no other month decides` : null
  return { formats, count, seen, time, against: why, setting: why === null ? ORDER_SETTING : months.setting, doubts }
}

const none = (seen: number): Dates => ({
  formats: [],
  count: 0,
  seen,
  time: false,
  against: null,
  setting: ORDER_SETTING,
  doubts: [],
})

/** Names of columns that speak of days, in the languages data comes in. */
const DAYS =
  /dat|day|tag|time|when|birth|born|dob|start|end|from|until|since|created|updated|modified|jour|giorno|fecha|nasc|geb|_at$|_on$|dia$|dzie|dag/i

/** Two digits for the year and points or hyphens: as often a class or a part number. */
const looksLikeCode = (format: string, name: string) => /^%1[-.]%2[-.]%y$/.test(format) && !DAYS.test(name)
