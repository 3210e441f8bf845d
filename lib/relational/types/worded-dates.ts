/**
 * Dates in words: `3rd of May 2021`, `Sept. 5, 2013 at 6:11 a.m.`, `19. Februar 2012`, `12 de junio de 2012`. One pattern, which means the same in
 * RE2 and JavaScript, serves inference and reading. The names of months and days come from the platform's tables of languages; a name that is
 * another month in another language is none.
 */
import { text } from './sql.ts'
import { escaped } from './text-forms.ts'

const MAIN = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'ru'] as const
/** Of these languages only the names that the tables have are known, no other abbreviations. */
const MORE = ['cs', 'ro', 'tr', 'uk', 'be', 'bg', 'sv', 'da', 'nb', 'fi', 'hu', 'hi', 'bn', 'el'] as const
type Language = (typeof MAIN)[number] | (typeof MORE)[number]

/** How formats of a column name dates in the words of a language. */
const PREFIX = 'words:'

export const isWorded = (format: string) => format.startsWith(PREFIX)

interface Words {
  /** Names of months, without a point at the end, in lower case. */
  readonly months: ReadonlyMap<string, number>
  readonly days: ReadonlySet<string>
}

const bare = (word: string) => word.toLowerCase().replace(/\.$/, '')

function wordsOf(language: Language): Words {
  const months = new Map<string, number>()
  const unclear = new Set<string>()
  const add = (word: string, month: number) => {
    if (!/^\p{L}[\p{L}\p{M}'-]+$/u.test(word)) return
    const before = months.get(word)
    if (before !== undefined && before !== month) unclear.add(word)
    months.set(word, month)
  }
  const isMain = (MAIN as readonly string[]).includes(language)
  for (const style of ['long', 'short'] as const)
    for (const day of [{}, { day: 'numeric' }] as const) {
      const format = new Intl.DateTimeFormat(language, { month: style, ...day, timeZone: 'UTC' })
      for (let month = 1; month <= 12; month++) {
        const parts = format.formatToParts(Date.UTC(2021, month - 1, 15))
        const name = bare(parts.find(({ type }) => type === 'month')?.value ?? '')
        add(name, month)
        if (isMain && style === 'long') for (let length = 3; length < Math.min(6, name.length); length++) add(name.slice(0, length), month)
      }
    }
  for (const word of unclear) months.delete(word)
  for (const [word, month] of ABBREVIATED.get(language)?.months ?? []) months.set(word, month)
  const days = new Set<string>(ABBREVIATED.get(language)?.days)
  for (const weekday of ['long', 'short'] as const) {
    const format = new Intl.DateTimeFormat(language, { weekday, timeZone: 'UTC' })
    for (let day = 1; day <= 7; day++) days.add(bare(format.format(Date.UTC(2021, 7, day))))
  }
  return { months, days }
}

/** Abbreviations in use that the tables do not have. */
const ABBREVIATED: ReadonlyMap<Language, { readonly months: readonly (readonly [string, number])[]; readonly days: readonly string[] }> =
  new Map([
    ['en', { months: [], days: ['tues', 'thur', 'thurs'] }],
    ['ru', { months: [['ян', 1]], days: ['пнд', 'втр', 'срд', 'чтв', 'птн', 'сбт', 'вск'] }],
  ])

interface Known {
  readonly words: ReadonlyMap<Language, Words>
  /** The languages in which a word is a month. */
  readonly languagesOf: ReadonlyMap<string, readonly Language[]>
}
let known: Known | undefined

/** The words of all languages, without those that are different months in two of them. */
function languages(): Known {
  if (known !== undefined) return known
  const all = new Map([...MAIN, ...MORE].map((language): [Language, Words] => [language, wordsOf(language)]))
  const meanings = new Map<string, Set<number>>()
  for (const { months } of all.values())
    for (const [word, month] of months) meanings.set(word, (meanings.get(word) ?? new Set<number>()).add(month))
  const isClear = (word: string) => meanings.get(word)?.size === 1
  const words = new Map(
    [...all].map(([language, { months, days }]): [Language, Words] => [
      language,
      { days, months: new Map([...months].filter(([word]) => isClear(word))) },
    ]),
  )
  const languagesOf = new Map<string, Language[]>()
  for (const [language, { months }] of words)
    for (const word of months.keys()) languagesOf.set(word, [...(languagesOf.get(word) ?? []), language])
  known = { words, languagesOf }
  return known
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

/** A date in lower case, with the month of some words. The groups: day, month and year in either order, clock, half of the day, zone. */
function patternOf({ months, days }: Words): string {
  const month = `(${alternation(months.keys())})`
  const weekday = `(?:(?:${alternation(days)})\\.?,? +)?(?:(?:le|el|am|den|on|the) +)?`
  const link = `(?: ${LINKS} |${GAP})`
  const day = `(\\d{1,2})${ORDINAL}`
  const year = '(\\d{4})(?: ?(?:г|года|р|року|r)\\.?|\\.)?'
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
const readers = new Map<Language, Reader>()

function readerOf(language: Language): Reader | undefined {
  const before = readers.get(language)
  const words = languages().words.get(language)
  if (before !== undefined || words === undefined) return before
  const pattern = patternOf(words)
  const reader = { words, pattern, regex: new RegExp(`^${pattern}$`) }
  readers.set(language, reader)
  return reader
}

/** Letters between a day and a year, in any order: a cheap test before the words are looked at. */
const LIKELY = /\d{4}[^\d]{3,20}\d|\d[^\d]{4,30}\d{4}|\p{L}{3}[^\d]{0,10}\d{1,2}[^\d]{1,8}\d{4}/u

/** The format of a cell that is a date in words; null for other cells. */
export function wordedForm(cell: string): { readonly format: string; readonly time: boolean } | null {
  if (!LIKELY.test(cell)) return null
  const said = cell.toLowerCase()
  const month = said.match(/\p{L}[\p{L}\p{M}]+/gu)?.find((word) => languages().languagesOf.has(word))
  if (month === undefined) return null
  for (const language of languages().languagesOf.get(month) ?? []) {
    const reader = readerOf(language)
    const found = reader?.regex.exec(said)
    if (reader === undefined || found == null) continue
    const time = timeIn(found)
    if (time !== null && isDay(found, reader)) return { format: PREFIX + language, time }
  }
  return null
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
    const reader = readerOf(format.slice(PREFIX.length) as Language)
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
