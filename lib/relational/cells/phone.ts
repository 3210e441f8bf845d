/**
 * e164: writes phone numbers as `+` and digits (ITU-T E.164). A number without a country code is completed by the numbering plan of the
 * given region; without a region it is unchanged.
 */
import { allOf, anyOf, text } from '#relational/types/sql.ts'
import { defineCell, sameType } from './cell.ts'

/** The numbering plan of a region, from libphonenumber's metadata; null: only international numbers are rewritten. */
export type NumberingPlan = {
  /** `49`, `1`. */
  readonly country_code: string
  /** The prefix of a national number dialled within the country: `0`, `1` or empty. */
  readonly trunk_prefix: string
  /** The prefix of a foreign number dialled from the country, if it is digits: `00`, `011`. */
  readonly international_prefix: string
  /** The possible lengths of a national number, without the trunk prefix. */
  readonly lengths: readonly number[]
  /** A regular expression of its national numbers, without the trunk prefix. */
  readonly pattern: string
}

export type PhoneOptions = { readonly plan: NumberingPlan | null }

const digits = (cell: string) => `translate(${cell}, ' ().-/' || chr(9), '')`
const ofLength = (sql: string, lengths: readonly number[], more = 0) => anyOf(lengths.map((length) => `strlen(${sql}) = ${length + more}`))

/** Most numbers have at least so many digits. */
const USUAL_DIGITS = 6
const FEW_LENGTHS = 4

// `prefix` and not `starts_with`, which does the same in five times the time
function standard(cell: string, number: string, { plan }: PhoneOptions): string {
  const arms = [`WHEN prefix(${number}, '+') THEN ${number}`]
  let short = ''
  if (plan !== null) {
    const { country_code, trunk_prefix, international_prefix, lengths, pattern } = plan
    // so few digits are an extension, a year or a postal code in most countries, but a number in small ones, whose plans have few lengths
    if (lengths.length <= FEW_LENGTHS && lengths.some((length) => length < USUAL_DIGITS))
      short = ` WHEN regexp_full_match(${number}, '[0-9]{4,${USUAL_DIGITS - 1}}') AND regexp_full_match(${number}, ${text(pattern)}) THEN ${text(`+${country_code}`)} || ${number}`
    if (international_prefix !== '')
      arms.push(`WHEN prefix(${number}, ${text(international_prefix)}) THEN '+' || substr(${number}, ${international_prefix.length + 1})`)
    const prefixed = (prefix: string) => allOf([`prefix(${number}, ${text(prefix)})`, ofLength(number, lengths, prefix.length)])
    if (trunk_prefix !== '')
      arms.push(`WHEN ${prefixed(trunk_prefix)} THEN ${text(`+${country_code}`)} || substr(${number}, ${trunk_prefix.length + 1})`)
    arms.push(`WHEN ${prefixed(country_code)} THEN '+' || ${number}`)
    arms.push(`WHEN ${ofLength(number, lengths)} THEN ${text(`+${country_code}`)} || ${number}`)
  }
  return `CASE WHEN regexp_full_match(${number}, '[+]?[0-9]{${USUAL_DIGITS},18}') THEN CASE ${arms.join(' ')} ELSE ${cell} END${short} ELSE ${cell} END`
}

export const e164 = defineCell<PhoneOptions>({
  name: 'e164',
  summary: 'Writes phone numbers as + and digits (E.164).',
  type: sameType,
  sql: (cell, options, _before, once) => once(digits(cell), (number) => standard(cell, number, options)),
})
