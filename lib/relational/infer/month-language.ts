/** The language of a column's months, where a word is another month in another language: decided over all its cells, never guessed. */
import { knownWords, MONTH_LANGUAGES, type MonthLanguage, meaningsOf, saidMonths } from '#relational/types/month-words.ts'
import { wordedFormat, wordedKey } from '#relational/types/worded-dates.ts'

/** A language is that of a column if it reads this share of its dates in words. */
const NEARLY_ALL = 0.99

export interface MonthNames {
  /** The formats that read a date in words, by its key; null for other dates, none if its month cannot be decided. */
  readonly formatsOf: (key: string) => readonly string[] | null
  /** The months that cannot be decided, with what they can be: `with "lip" (July in Polish, June in Croatian)`. */
  readonly why: string
  /** The setting that decides. */
  readonly setting: string
  /** Dates in words of other languages beside months that a setting decided. */
  readonly contradicting: number
}

/** `dates` are the keys of a column's dates with their cells. */
export function monthNames(dates: readonly (readonly [key: string, cells: number])[], wish?: MonthLanguage): MonthNames {
  const worded = dates.flatMap(([key, cells]) => {
    const parts = wordedKey(key)
    return parts === null ? [] : [{ ...parts, cells }]
  })
  const languages = wish === undefined ? languagesThatRead(worded) : [wish]
  const formatsOf = (key: string) => {
    const parts = wordedKey(key)
    if (parts === null) return null
    if (parts.language !== null)
      return [
        wordedFormat(
          parts.language,
          languages.some((one) => one === parts.language),
        ),
      ]
    return languages.filter((one) => parts.among.includes(one)).map((one) => wordedFormat(one, true))
  }
  const unread = worded.flatMap(({ word, among }) => (word !== null && !languages.some((one) => among.includes(one)) ? [word] : []))
  const words = [...new Set(unread)].sort()
  const isDecidedBySetting = wish !== undefined && worded.some(({ word, among }) => word !== null && among.includes(wish))
  const others = wish === undefined ? [] : worded.filter(({ language, among }) => language !== null && !among.includes(wish))
  const named = MONTH_LANGUAGES.filter((language) => words.some((word) => meaningsOf(word, [language]).size > 0))
  return {
    formatsOf,
    why: `with ${words.map((word) => `"${word}" (${saidMonths(word)})`).join(' or ')}`,
    setting: `date_language: ${named.join(' or ')}`,
    contradicting: isDecidedBySetting ? others.reduce((sum, { cells }) => sum + cells, 0) : 0,
  }
}

/** The languages that read nearly all dates in words; none if a word is different months in them. */
function languagesThatRead(worded: readonly { readonly among: readonly MonthLanguage[]; readonly cells: number }[]) {
  const all = worded.reduce((sum, { cells }) => sum + cells, 0)
  const remain = MONTH_LANGUAGES.filter((language) => {
    const read = worded.reduce((sum, { among, cells }) => (among.includes(language) ? sum + cells : sum), 0)
    return read > 0 && read >= NEARLY_ALL * all
  })
  return [...knownWords().contested].every((word) => meaningsOf(word, remain).size <= 1) ? remain : []
}
