/** The format language of dates in the reference engine: strftime and strptime. */
import { civilOf, clockOf, dayOf, daysOf, inRange, isLeap, momentOf, pad, DAY } from './moments.ts'

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** 1 is Monday. */
export const weekdayOf = (days: number) => ((((days + 3) % 7) + 7) % 7) + 1
export const dayOfYear = (days: number) => days - (daysOf({ year: civilOf(days).year, month: 1, day: 1 }) as number) + 1

const PART = /%(-?)([A-Za-z%])/g

/** A moment as text. */
export function formatted(moment: bigint, format: string): string {
  const days = dayOf(moment)
  const { year, month, day } = civilOf(days)
  const { hour, minute, second, micros } = clockOf(moment)
  const numbers: Readonly<Record<string, readonly [value: number, width: number]>> = {
    y: [((year % 100) + 100) % 100, 2],
    m: [month, 2],
    d: [day, 2],
    j: [dayOfYear(days), 3],
    H: [hour, 2],
    I: [((hour + 11) % 12) + 1, 2],
    M: [minute, 2],
    S: [second, 2],
    f: [micros, 6],
  }
  const [monthName, weekday] = [MONTHS[month - 1] as string, WEEKDAYS[weekdayOf(days) - 1] as string]
  const words: Readonly<Record<string, string>> = {
    Y: year >= 0 && year <= 9999 ? pad(year, 4) : String(year),
    b: monthName.slice(0, 3),
    B: monthName,
    a: weekday.slice(0, 3),
    A: weekday,
    p: hour < 12 ? 'AM' : 'PM',
    '%': '%',
  }
  return format.replace(PART, (_part, short: string, letter: string) => {
    const number = numbers[letter]
    return number === undefined ? (words[letter] as string) : pad(number[0], short === '-' ? 1 : number[1])
  })
}

interface Found {
  year: number
  month: number
  day: number
  ofYear: number | null
  hour: number
  minute: number
  second: number
  micros: number
  half: 'AM' | 'PM' | null
  twelve: boolean
  offset: number
}

const WIDTHS: Readonly<Record<string, number>> = { Y: 4, y: 2, m: 2, d: 2, j: 3, H: 2, I: 2, M: 2, S: 2, f: 6 }
const isSpace = (letter: string) => /^[ \t\n\v\f\r]$/.test(letter)

/** Text read by a format; null if it does not match or there is no such moment. */
export function parsed(text: string, format: string): bigint | null {
  const found: Found = {
    ...{ year: 1900, month: 1, day: 1, ofYear: null, hour: 0, minute: 0, second: 0, micros: 0, half: null, twelve: false, offset: 0 },
  }
  let at = 0
  const skip = () => {
    while (at < text.length && isSpace(text.charAt(at))) at++
  }
  skip()
  for (let place = 0; place < format.length; ) {
    const letter = format.charAt(place)
    if (letter !== '%' || format.charAt(place + 1) === '%') {
      const wanted = letter === '%' ? '%' : letter
      if (isSpace(wanted)) {
        if (!isSpace(text.charAt(at))) return null
        skip()
        while (isSpace(format.charAt(place + 1))) place++
      } else if (text.charAt(at++) !== wanted) return null
      place += letter === '%' ? 2 : 1
      continue
    }
    place += format.charAt(place + 1) === '-' ? 3 : 2
    const length = partOf(text.slice(at), format.charAt(place - 1), found)
    if (length === null) return null
    at += length
  }
  skip()
  return at < text.length ? null : momentIn(found)
}

/** Reads one part at the start of the text; returns its length, or null. */
function partOf(text: string, letter: string, found: Found): number | null {
  if (letter === 'z') {
    const zone = /^(?:([+-])(\d{2})(?::?(\d{2}))?|Z)/.exec(text)
    if (zone === null) return null
    found.offset = (zone[1] === '-' ? -1 : 1) * (Number(zone[2] ?? 0) * 60 + Number(zone[3] ?? 0))
    return zone[0].length
  }
  const width = WIDTHS[letter]
  if (width === undefined) return wordOf(text, letter, found)
  const digits = new RegExp(`^\\d{1,${width}}`).exec(text)?.[0]
  return digits === undefined || !setNumber(letter, digits, found) ? null : digits.length
}

function setNumber(letter: string, digits: string, found: Found): boolean {
  const value = Number(digits)
  const within = (low: number, high: number) => value >= low && value <= high
  switch (letter) {
    case 'Y':
      found.year = value
      return true
    case 'y':
      found.year = value < 69 ? 2000 + value : 1900 + value
      return true
    case 'm':
      found.month = value
      return within(1, 12)
    case 'd':
      found.day = value
      return within(1, 31)
    case 'j':
      found.ofYear = value
      return within(1, 366)
    case 'H':
      found.hour = value
      return within(0, 23)
    case 'I':
      found.hour = value % 12
      found.twelve = true
      return within(1, 12)
    case 'M':
      found.minute = value
      return within(0, 59)
    case 'S':
      found.second = value
      return within(0, 59)
    default:
      found.micros = Number(digits.padEnd(6, '0'))
      return true
  }
}

function wordOf(text: string, letter: string, found: Found): number | null {
  const lists: Readonly<Record<string, readonly string[]>> = {
    b: MONTHS.map((name) => name.slice(0, 3)),
    B: MONTHS,
    a: WEEKDAYS.map((name) => name.slice(0, 3)),
    A: WEEKDAYS,
    p: ['AM', 'PM'],
  }
  const words = lists[letter] ?? []
  const index = words.findIndex((word) => text.slice(0, word.length).toLowerCase() === word.toLowerCase())
  const word = words[index]
  if (word === undefined) return null
  if (letter === 'b' || letter === 'B') found.month = index + 1
  if (letter === 'p') found.half = index === 0 ? 'AM' : 'PM'
  return word.length
}

function momentIn({ year, month, day, ofYear, hour, minute, second, micros, half, twelve, offset }: Found): bigint | null {
  const days =
    ofYear === null
      ? daysOf({ year, month, day })
      : ofYear > (isLeap(year) ? 366 : 365)
        ? null
        : (daysOf({ year, month: 1, day: 1 }) as number) + ofYear - 1
  const ofDay =
    half === null
      ? hour
      : twelve
        ? hour + (half === 'PM' ? 12 : 0)
        : half === 'PM' && hour < 12
          ? hour + 12
          : half === 'AM'
            ? hour % 12
            : hour
  const local = momentOf(days, { hour: ofDay, minute, second, micros })
  return local === null ? null : inRange(local - (BigInt(offset) * DAY) / 1440n)
}
