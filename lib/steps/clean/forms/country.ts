/** Countries by their English names, ISO 3166 codes of two letters, and common other names, from the tables of the platform. */

/** Names in use that Intl does not have. */
const OTHER_NAMES: readonly (readonly [string, string])[] = [
  ['united states of america', 'US'],
  ['usa', 'US'],
  ['u s a', 'US'],
  ['u s', 'US'],
  ['uk', 'GB'],
  ['great britain', 'GB'],
  ['u k', 'GB'],
  ['turkey', 'TR'],
  ['czech republic', 'CZ'],
  ['russian federation', 'RU'],
  ['republic of korea', 'KR'],
  ['ivory coast', 'CI'],
  ['congo kinshasa', 'CD'],
  ['congo brazzaville', 'CG'],
  ['macedonia', 'MK'],
  ['swaziland', 'SZ'],
  ['burma', 'MM'],
  ['cape verde', 'CV'],
  ['holland', 'NL'],
  ['vatican', 'VA'],
]

/** Codes of Intl that are no countries. */
const NO_COUNTRY = /^(EU|EZ|UN|QO|XA|XB|ZZ)$/
/** Codes that were replaced; their countries have another one. */
const OLD = /^(AN|BU|CS|DD|FX|NT|SU|TP|YD|YU|ZR|UK|QU|DY|HV|NH|RH|VD)$/

/** Names without case, accents and punctuation. */
const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

interface Country {
  readonly code: string
  readonly name: string
}

let known: ReadonlyMap<string, Country> | undefined

/** Countries by folded names and codes; made at the first use, because most runs need none. */
function countries(): ReadonlyMap<string, Country> {
  if (known !== undefined) return known
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
  const found = new Map<string, Country>()
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = names.of(code)
    if (name === undefined || NO_COUNTRY.test(code) || OLD.test(code)) continue
    for (const one of [code, name, name.replace(/^St\. /, 'Saint ')]) found.set(fold(one), { code, name })
  }
  for (const [other, code] of OTHER_NAMES) found.set(other, { code, name: names.of(code) ?? code })
  known = found
  return found
}

/** `DE` for `germany`, `GERMANY` and `de`; null for what is no country. */
export const countryCode = (text: string): string | null => countries().get(fold(text))?.code ?? null

/** `Germany` for the same. */
export const countryName = (text: string): string | null => countries().get(fold(text))?.name ?? null
