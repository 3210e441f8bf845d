/**
 * Dates in words: `3rd of May 2021`, `Sept. 5, 2013 at 6:11 a.m.`, `19. Februar 2012`, `12 de junio de 2012`. One pattern, which means the same in
 * RE2 and JavaScript, serves inference and reading. The names of months and days come from the platform's tables of languages; a name that is
 * another month in another language is read only in a language that is known (`words:pl+`), by the other cells of a column or a setting.
 */
import { isMonthLanguage, knownWords, type Language, type MonthLanguage, type Words } from './month-words.ts'
import { text } from './sql.ts'
import { escaped } from './text-forms.ts'

/** How formats of a column name dates in the words of a language; with `+` behind it, also by words that are other months elsewhere. */
const PREFIX = 'words:'
/** The key of a date whose month is another one in another language: `words?listopada~cs,hr,pl`. */
const CONTESTED = 'words?'

export const isWorded = (format: string) => format.startsWith(PREFIX)

/** The format that reads the words of a language; `all` includes those that are other months in other languages. */
export const wordedFormat = (language: Language, all: boolean) => `${PREFIX}${language}${all ? '+' : ''}`

/** The language that formats of a column were decided for, if one was. */
export const languageOfMonths = (formats: readonly string[] | undefined) =>
  formats?.flatMap((format) => (isWorded(format) && format.endsWith('+') ? [format.slice(PREFIX.length, -1)] : [])).find(isMonthLanguage)

/** What the key of a date in words holds. */
export interface WordedKey {
  /** The first language that reads it; null if its month is another one in another language. */
  readonly language: Language | null
  /** The word for a month that has several meanings. */
  readonly word: string | null
  /** Of the languages that contest words, those that read the date. */
  readonly among: readonly MonthLanguage[]
}

/** The parts of a key that `wordedForm` found; null for other formats. */
export function wordedKey(key: string): WordedKey | null {
  const isContested = key.startsWith(CONTESTED)
  if (!isContested && !isWorded(key)) return null
  const [said = '', among = ''] = key.slice(PREFIX.length).split('~')
  return {
    language: isContested ? null : (said.replace('+', '') as Language),
    word: isContested ? said : null,
    among: among.split(',').filter(isMonthLanguage),
  }
}

/** A key or a format for people: `words (pl)`. */
export function saidWords(key: string): string | null {
  const parts = wordedKey(key)
  if (parts === null) return null
  return parts.word === null ? `words (${parts.language})` : `words with "${parts.word}"`
}

/** Zones with one meaning, in minutes from UTC. `CST`, `IST` and others have several. */
const ZONES: ReadonlyMap<string, string> = new Map([
  ['z', '+00'],
  ['utc', '+00'],
  ['gmt', '+00'],
  ['wet', '+00'],
  ['west', '+01'],
  ['cet', '+01'],
  ['cest', '+02'],
  ['mez', '+01'],
  ['mesz', '+02'],
  ['eet', '+02'],
  ['eest', '+03'],
  ['est', '-05'],
  ['edt', '-04'],
  ['cdt', '-05'],
  ['mst', '-07'],
  ['mdt', '-06'],
  ['pst', '-08'],
  ['pdt', '-07'],
])

const alternation = (words: Iterable<string>) =>
  [...words]
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .map(escaped)
    .join('|')

/** Words between the parts of a date, and before its time. */
const LINKS = "(?:de|del|of|do|d['’])"
const AT = '(?:at|um|a las|às|à|alle|en|om|o|w|в|у|u|klo|kl|kl\\.)'
const ORDINAL = '(?:st|nd|rd|th|er|ère|re|ro|º|ª|°|\\.|e|লা|রা|ঠা|ই|শে)?'
const GAP = '(?:[ .,/-]{1,3})'
const CLOCK = '(?:[01]?\\d|2[0-3])[:h.][0-5]\\d(?:[:.][0-5]\\d(?:[.,]\\d{1,6})?)?'
const HALF = 'a\\.?m\\.?|p\\.?m\\.?'

/** A year, with the word for it: `2014 r.` is never Croatian, which writes `2014. g.`. */
const YEAR = '(\\d{4})(?: ?(?:г|года|р|року|r)\\.?|\\.)?'
const CROATIAN_YEAR = '(\\d{4})(?:\\.? ?(?:g|god|godine)\\.?|\\.)?'

/** A date in lower case, with the month of some words. The groups: day, month and year in either order, clock, half of the day, zone. */
function patternOf({ months, days }: Words, language: string): string {
  const month = `(${alternation(months.keys())})`
  const weekday = `(?:(?:${alternation(days)})\\.?,? +)?(?:(?:le|el|am|den|on|the) +)?`
  const link = `(?: ${LINKS} |${GAP})`
  const day = `(\\d{1,2})${ORDINAL}`
  const year = language.startsWith('hr') ? CROATIAN_YEAR : YEAR
  const zone = `(?: ?(?:\\(?(${alternation(ZONES.keys())})\\)?|(?:utc|gmt)?([+-]\\d{2}:?\\d{2})(?: \\([a-z ]+\\))?))?`
  const clock = (which: string) => `(${CLOCK})(?: ?(${HALF}))?${which}`
  const before = `(?:${clock('')},? (?:on )?)?`
  const after = `(?:(?:,| -|,? ${AT})? ${clock(zone)}| at (midnight|noon))?`
  const dates = [
    `${day}${link}${month}\\.?(?:,|${link}|\\.?)${year}`,
    `${month}\\.?${GAP}${day},?(?: ${LINKS})?${GAP}${year}`,
    `${year}${GAP}${month}\\.?${GAP}${day}`,
  ]
  return `${before}${weekday}(?:${dates.map((date) => `(?:${date})`).join('|')})${after}`
}

/** The groups of the pattern, by number from 1. */
const GROUPS = {
  clockBefore: 1,
  halfBefore: 2,
  days: [3, 7, 11],
  months: [4, 6, 10],
  years: [5, 8, 9],
  clock: 12,
  half: 13,
  zone: 14,
  offset: 15,
  named: 16,
} as const

interface Reader {
  readonly words: Words
  readonly pattern: string
  readonly regex: RegExp
}
const readers = new Map<string, Reader>()

/** The reader of a language, `pl`, or of a language with the words that are other months elsewhere, `pl+`. */
function readerOf(name: string): Reader | undefined {
  const before = readers.get(name)
  const known = knownWords()
  const words = known.words.get(name.replace('+', '') as Language)
  if (before !== undefined || words === undefined) return before
  const months = name.endsWith('+') ? words.months : new Map([...words.months].filter(([word]) => !known.contested.has(word)))
  const read = { ...words, months }
  const pattern = patternOf(read, name)
  const reader = { words: read, pattern, regex: new RegExp(`^${pattern}$`) }
  readers.set(name, reader)
  return reader
}

/** Letters between a day and a year, in any order: a cheap test before the words are looked at. */
const LIKELY = /\d{4}[^\d]{3,20}\d|\d[^\d]{4,30}\d{4}|\p{L}{3}[^\d]{0,10}\d{1,2}[^\d]{1,8}\d{4}/u

/** What every likely cell has: a test without classes of Unicode takes a tenth of the time. */
const YEAR_DIGITS = /\d{4}/

/** The key of a cell that is a date in words, and whether it has a time; null for other cells. */
export function wordedForm(cell: string): { readonly format: string; readonly time: boolean } | null {
  if (!YEAR_DIGITS.test(cell) || !LIKELY.test(cell)) return null
  const said = cell.toLowerCase()
  const { languagesOf, contested } = knownWords()
  const month = said.match(/\p{L}[\p{L}\p{M}]+/gu)?.find((word) => languagesOf.has(word))
  if (month === undefined) return null
  const readIn: Language[] = []
  let hasTime = false
  for (const language of languagesOf.get(month) ?? []) {
    // which other languages read it matters only where they contest words
    if (readIn.length > 0 && !isMonthLanguage(language)) continue
    const reader = readerOf(`${language}+`)
    const found = reader?.regex.exec(said)
    if (reader === undefined || found == null) continue
    const time = timeIn(found)
    if (time === null || !isDay(found, reader)) continue
    readIn.push(language)
    hasTime = time
  }
  const [first] = readIn
  if (first === undefined) return null
  const among = readIn.filter(isMonthLanguage).sort()
  const key = contested.has(month) ? `${CONTESTED}${month}` : wordedFormat(first, false)
  return { format: among.length === 0 ? key : `${key}~${among.join(',')}`, time: hasTime }
}

const either = (found: RegExpExecArray, groups: readonly number[]) =>
  groups.map((group) => found[group]).find((part) => part !== undefined) ?? ''

function isDay(found: RegExpExecArray, { words }: Reader): boolean {
  const [day, year] = [Number(either(found, GROUPS.days)), Number(either(found, GROUPS.years))]
  const month = words.months.get(either(found, GROUPS.months)) ?? 0
  return year >= 1000 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** Whether there is a time; null if there are two, or one that is on no clock. */
function timeIn(found: RegExpExecArray): boolean | null {
  const clocks = [GROUPS.clockBefore, GROUPS.clock, GROUPS.named].flatMap((group) => found[group] ?? [])
  if (clocks.length > 1) return null
  const half = found[GROUPS.halfBefore] ?? found[GROUPS.half]
  const hour = Number(/^\d+/.exec(clocks[0] ?? '')?.[0] ?? 0)
  return half !== undefined && (hour < 1 || hour > 12) ? null : clocks.length > 0
}

/** SQL for a timestamp (in UTC) from a cell in one of these formats; NULL for other cells. */
export function wordedSql(cell: string, formats: readonly string[]): string {
  const arms = formats.flatMap((format) => {
    const reader = readerOf(format.slice(PREFIX.length))
    return reader === undefined ? [] : [momentOf(cell, reader)]
  })
  return arms.length === 1 ? (arms[0] as string) : `COALESCE(${arms.join(', ')})`
}

const GROUP_NAMES = Array.from({ length: GROUPS.named }, (_, at) => `'g${at + 1}'`).join(', ')

function momentOf(cell: string, { words, pattern }: Reader): string {
  const part = (group: number) => `p.g${group}`
  const any = (groups: readonly number[]) => `(${groups.map(part).join(' || ')})`
  // CASE would repeat the value for each word, and a map would be made for each row
  const meaning = (value: string, entries: Iterable<readonly [string, string]>) => {
    const listed = text(` ${[...entries].map(([word, means]) => `${word}=${means}`).join(' ')} `)
    return `split_part(substr(${listed}, instr(${listed}, ' ' || ${value} || '=') + length(${value}) + 2, 4), ' ', 1)`
  }
  const months = [...words.months].map(([word, month]): [string, string] => [word, String(month)])
  const day = `${any(GROUPS.years)} || '-' || ${meaning(any(GROUPS.months), months)} || '-' || ${any(GROUPS.days)}`
  // 10h11, 10.11.12 and 10:11 as 10:11:00
  const clock = `regexp_replace(replace(${any([GROUPS.clockBefore, GROUPS.clock])}, ',', '.'), '^(\\d+)[h.:](\\d+)(?:[:.](.+))?$', '\\1:\\2:\\3')`
  const time = `CASE WHEN ${part(GROUPS.named)} = 'noon' THEN '12:00:00' WHEN ${any([GROUPS.clockBefore, GROUPS.clock])} = '' THEN '00:00:00' ELSE regexp_replace(${clock}, ':$', ':00') END`
  const hour = `TRY_CAST(split_part(${time}, ':', 1) AS INTEGER)`
  const half = any([GROUPS.halfBefore, GROUPS.half])
  const offset = `CASE WHEN ${part(GROUPS.offset)} <> '' THEN ${part(GROUPS.offset)} WHEN ${part(GROUPS.zone)} = '' THEN '+00' ELSE ${meaning(part(GROUPS.zone), ZONES)} END`
  const moment = `TRY_CAST(${day} || ' ' || ${time} || ${offset} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'`
  const shift = `CASE WHEN starts_with(${half}, 'p') AND ${hour} < 12 THEN 12 WHEN starts_with(${half}, 'a') AND ${hour} = 12 THEN -12 ELSE 0 END`
  const isTwice = `(${part(GROUPS.clockBefore)} <> '' AND (${any([GROUPS.clock, GROUPS.named])}) <> '')`
  const isNoHour = `(${half} <> '' AND ${hour} NOT BETWEEN 1 AND 12)`
  const read = `CASE WHEN ${isTwice} THEN NULL WHEN ${isNoHour} THEN NULL ELSE ${moment} + to_hours(${shift}) END`
  return `list_transform([regexp_extract(lower(${cell}), ${text(`^${pattern}$`)}, [${GROUP_NAMES}])], lambda p: ${read})[1]`
}
