/**
 * Dates and times whose form is determined by character positions: ISO 8601, two-digit day and month, short month names, epochs. Other
 * forms are left to SQL.
 */
import { isDigit } from './forms'

/** Forms of a column, one bit each. */
export const ISO_DASH: i32 = 1
export const ISO_SLASH: i32 = 2
export const EPOCH_S: i32 = 4
export const EPOCH_MS: i32 = 8
export const DAY_FIRST: i32 = 16
export const MONTH_FIRST: i32 = 32
/** Whether the day-and-month form has hours and minutes, and seconds. */
export const WITH_MINUTES: i32 = 64
export const WITH_SECONDS: i32 = 128
/** The column contains days without a time. */
export const DAYS_ONLY: i32 = 256
/** `Feb 29, 2024`, and whether a time in the twelve-hour clock follows: `10:11 PM`. */
export const NAMED: i32 = 512
export const NAMED_WITH_TIME: i32 = 1024

/** The last result: microseconds since 1970, and whether it was written with dashes, year first. */
export let moment: i64 = 0
export let dashed: bool = false

/** Two digits as a number; -1 if they are not digits. */
function two(at: usize): i32 {
  const a = load<u8>(at) - 48
  const b = load<u8>(at + 1) - 48
  return a < 10 && b < 10 ? <i32>a * 10 + b : -1
}

function daysIn(year: i32, month: i32): i32 {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil). */
function days(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year
  const era = y / 400
  const ofEra = y - era * 400
  const ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  return era * 146097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719468
}

function setDay(year: i32, month: i32, day: i32): bool {
  if (year < 1000 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false
  moment = <i64>days(year, month, day) * 86_400_000_000
  return true
}

/** `HH:MM`, with `:SS` when `seconds`. */
function addTime(at: usize, seconds: bool): bool {
  const hour = two(at)
  const minute = two(at + 3)
  const second = seconds ? two(at + 6) : 0
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || load<u8>(at + 2) !== 58) return false
  if (seconds && load<u8>(at + 5) !== 58) return false
  moment += <i64>(hour * 3600 + minute * 60 + second) * 1_000_000
  return true
}

/** Parses a cell without surrounding white space; false if it needs SQL. */
export function readMoment(at: usize, end: usize, forms: i32): bool {
  const length = <i32>(end - at)
  if (length < 10) return false
  const fifth = load<u8>(at + 4)
  dashed = fifth === 45
  if (fifth === 45 || fifth === 47) return (forms & (dashed ? ISO_DASH : ISO_SLASH)) !== 0 && readIso(at, length, fifth, forms)
  if ((length === 10 && (forms & EPOCH_S) !== 0) || (length === 13 && (forms & EPOCH_MS) !== 0)) {
    if (readEpoch(at, end)) {
      moment *= length === 10 ? 1_000_000 : 1000
      return true
    }
  }
  if ((forms & NAMED) !== 0 && load<u8>(at + 3) === 32) return readNamed(at, length, forms)
  return (forms & (DAY_FIRST | MONTH_FIRST)) !== 0 && readNumeric(at, length, forms)
}

function readEpoch(from: usize, end: usize): bool {
  moment = 0
  for (let at = from; at < end; at++) {
    const c = load<u8>(at)
    if (!isDigit(c)) return false
    moment = moment * 10 + (c - 48)
  }
  return true
}

function readIso(at: usize, length: i32, separator: u8, forms: i32): bool {
  if (load<u8>(at + 7) !== separator) return false
  const century = two(at)
  const year = two(at + 2)
  const month = two(at + 5)
  const day = two(at + 8)
  if (century < 0 || year < 0 || month < 0 || day < 0 || !setDay(century * 100 + year, month, day)) return false
  if (length === 10) return true
  if ((forms & DAYS_ONLY) !== 0) return false
  const gap = load<u8>(at + 10)
  if (gap !== 32 && (gap !== 84 || separator !== 45)) return false
  if (length === 16) return addTime(at + 11, false)
  if (length === 20 && (load<u8>(at + 19) !== 90 || separator !== 45)) return false
  return (length === 19 || length === 20) && addTime(at + 11, true)
}

function readNumeric(at: usize, length: i32, forms: i32): bool {
  const separator = load<u8>(at + 2)
  if (separator !== <u8>(forms >> 16) || load<u8>(at + 5) !== separator) return false
  const first = two(at)
  const second = two(at + 3)
  const century = two(at + 6)
  const year = two(at + 8)
  if (first < 0 || second < 0 || century < 0 || year < 0) return false
  const dayFirst = (forms & DAY_FIRST) !== 0
  if (!setDay(century * 100 + year, dayFirst ? second : first, dayFirst ? first : second)) return false
  if ((forms & WITH_MINUTES) === 0) return length === 10
  const seconds = (forms & WITH_SECONDS) !== 0
  return length === (seconds ? 19 : 16) && load<u8>(at + 10) === 32 && addTime(at + 11, seconds)
}

/** The short month names in lower case, the first letter in the lowest byte. */
const MONTHS: StaticArray<u32> = [
  0x6e616a, 0x626566, 0x72616d, 0x727061, 0x79616d, 0x6e756a, 0x6c756a, 0x677561, 0x706573, 0x74636f, 0x766f6e, 0x636564,
]

function monthNamed(at: usize): i32 {
  const name = (load<u32>(at) | 0x202020) & 0xffffff
  for (let month = 0; month < 12; month++) if (unchecked(MONTHS[month]) === name) return month + 1
  return 0
}

function readNamed(at: usize, length: i32, forms: i32): bool {
  const withTime = (forms & NAMED_WITH_TIME) !== 0
  if (length !== (withTime ? 21 : 12) || load<u8>(at + 6) !== 44 || load<u8>(at + 7) !== 32) return false
  const day = two(at + 4)
  const century = two(at + 8)
  const year = two(at + 10)
  if (day < 0 || century < 0 || year < 0 || !setDay(century * 100 + year, monthNamed(at), day)) return false
  if (!withTime) return true
  const hour = two(at + 13)
  const minute = two(at + 16)
  const half = load<u8>(at + 19) | 32
  if (hour < 1 || hour > 12 || minute < 0 || minute > 59 || (half !== 97 && half !== 112) || (load<u8>(at + 20) | 32) !== 109) return false
  if (load<u8>(at + 12) !== 32 || load<u8>(at + 15) !== 58 || load<u8>(at + 18) !== 32) return false
  moment += <i64>((hour % 12) + (half === 112 ? 12 : 0)) * 3_600_000_000 + <i64>minute * 60_000_000
  return true
}
