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

let known: ReadonlyMap<string, string> | undefined
const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })

/** Codes by folded names and codes. */
function codes(): ReadonlyMap<string, string> {
  if (known !== undefined) return known
  const found = new Map<string, string>()
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = names.of(code)
    if (name === undefined || NO_COUNTRY.test(code) || OLD.test(code)) continue
    found.set(fold(code), code)
    found.set(fold(name), code)
    found.set(fold(name.replace(/^St\. /, 'Saint ')), code)
  }
  for (const [name, code] of OTHER_NAMES) found.set(name, code)
  known = found
  return found
}

/** `DE` for `germany`, `GERMANY` and `de`; null for what is no country. */
export const countryCode = (text: string): string | null => codes().get(fold(text)) ?? null

/** `Germany` for the same. */
export function countryName(text: string): string | null {
  const code = countryCode(text)
  return code === null ? null : (names.of(code) ?? null)
}
