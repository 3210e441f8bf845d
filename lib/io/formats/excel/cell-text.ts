/** A cell of a workbook as text: what is stored, never what a display format makes of it. */
import type { CellValue } from 'hucre/xlsx'

/** Days before this lie in the first two months of 1900, where Excel counts a day that never was: durations are stored as such dates, too. */
const MARCH_1900 = Date.UTC(1900, 2, 1)
const YEAR_1900 = Date.UTC(1900, 0, 1)

export interface CellText {
  readonly text: string
  /** Whether it may be a duration as well as a date. */
  readonly early: boolean
}

/**
 * Numbers are the shortest text of the 64-bit float that is stored. A date is `2024-01-31`, with a time `2024-01-31T10:30:00`, without a day
 * `10:30:00`. Truth is `true` or `false`. An error is its text, such as `#DIV/0!`. A formula is the value that was stored with it.
 */
export function cellText(value: CellValue): CellText {
  if (value === null) return NOTHING
  if (!(value instanceof Date)) return { text: String(value), early: false }
  const moment = value.getTime()
  // before the year 1900 lies the time of a day
  const [day = '', time = ''] = value
    .toISOString()
    .replace('Z', '')
    .replace(/\.000$/, '')
    .split('T')
  if (moment >= YEAR_1900 - DAY && moment < YEAR_1900) return { text: time, early: false }
  const early = moment < MARCH_1900
  return { text: time === '00:00:00' ? day : `${day}T${time}`, early }
}

const DAY = 86_400_000
const NOTHING: CellText = { text: '', early: false }
