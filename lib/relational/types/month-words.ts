/**
 * The names of months and days in the platform's tables of languages. A few names are another month in another language: `listopad` is November in
 * Polish and Czech, and October in Croatian.
 */
const MAIN = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'ru'] as const
/** Of these languages only the names that the tables have are known, no other abbreviations. */
const MORE = ['cs', 'ro', 'tr', 'uk', 'be', 'bg', 'sv', 'da', 'nb', 'fi', 'hu', 'hi', 'bn', 'el', 'hr'] as const
export type Language = (typeof MAIN)[number] | (typeof MORE)[number]

/** The languages in which a month has the name of another month in another of these languages. */
export const MONTH_LANGUAGES = ['cs', 'hr', 'pl'] as const
export type MonthLanguage = (typeof MONTH_LANGUAGES)[number]

export const isMonthLanguage = (language: string): language is MonthLanguage => (MONTH_LANGUAGES as readonly string[]).includes(language)

export interface Words {
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
  /** Words that are different months in two languages. */
  readonly contested: ReadonlySet<string>
}
let known: Known | undefined

/** The words of all languages. */
export function knownWords(): Known {
  if (known !== undefined) return known
  const words = new Map([...MAIN, ...MORE].map((language): [Language, Words] => [language, wordsOf(language)]))
  const meanings = new Map<string, Set<number>>()
  const languagesOf = new Map<string, Language[]>()
  for (const [language, { months }] of words)
    for (const [word, month] of months) {
      meanings.set(word, (meanings.get(word) ?? new Set<number>()).add(month))
      languagesOf.set(word, [...(languagesOf.get(word) ?? []), language])
    }
  const contested = new Set([...meanings].flatMap(([word, months]) => (months.size > 1 ? [word] : [])))
  known = { words, languagesOf, contested }
  return known
}

/** The months that a word is in some languages. */
export const meaningsOf = (word: string, languages: readonly Language[]): ReadonlySet<number> =>
  new Set(languages.flatMap((language) => knownWords().words.get(language)?.months.get(word) ?? []))

/** `November in Czech and Polish, October in Croatian` for a word that is several months. */
export function saidMonths(word: string): string {
  const month = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' })
  const name = new Intl.DisplayNames('en', { type: 'language' })
  const languages = knownWords().languagesOf.get(word) ?? []
  const parts = [...meaningsOf(word, languages)].map((means) => {
    const own = languages.filter((language) => meaningsOf(word, [language]).has(means)).map((language) => name.of(language) ?? language)
    return `${month.format(Date.UTC(2021, means - 1))} in ${own.sort().join(' and ')}`
  })
  return parts.join(', ')
}
