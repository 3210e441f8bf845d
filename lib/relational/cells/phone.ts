/**
 * e164: phone numbers as `+` and digits (ITU-T E.164). A number without a country is completed by the numbering plan of
 * the region it was given; without a region it stays as it is.
 */
import { allOf, anyOf, text } from '#relational/types/sql.ts'
import { defineCell, sameType } from './cell.ts'

/** A region's numbering plan, from libphonenumber's metadata; null: only international numbers are rewritten. */
export type NumberingPlan = {
  /** `49`, `1`. */
  readonly country_code: string
  /** What stands before a national number when dialled inside the country: `0`, `1` or nothing. */
  readonly trunk_prefix: string
  /** What stands before a foreign number when dialled from the country, as far as it is digits: `00`, `011`. */
  readonly international_prefix: string
  /** How many digits a national number may have, without the trunk prefix. */
  readonly lengths: readonly number[]
}

export type PhoneOptions = { readonly plan: NumberingPlan | null }

const digits = (cell: string) => `translate(${cell}, ' ().-/' || chr(9), '')`
const ofLength = (sql: string, lengths: readonly number[], more = 0) => anyOf(lengths.map((length) => `strlen(${sql}) = ${length + more}`))

// `prefix` and not `starts_with`, which is the same and takes five times as long
function standard(cell: string, number: string, { plan }: PhoneOptions): string {
  const arms = [`WHEN prefix(${number}, '+') THEN ${number}`]
  if (plan !== null) {
    const { country_code, trunk_prefix, international_prefix, lengths } = plan
    if (international_prefix !== '')
      arms.push(`WHEN prefix(${number}, ${text(international_prefix)}) THEN '+' || substr(${number}, ${international_prefix.length + 1})`)
    const prefixed = (prefix: string) => allOf([`prefix(${number}, ${text(prefix)})`, ofLength(number, lengths, prefix.length)])
    if (trunk_prefix !== '')
      arms.push(`WHEN ${prefixed(trunk_prefix)} THEN ${text(`+${country_code}`)} || substr(${number}, ${trunk_prefix.length + 1})`)
    arms.push(`WHEN ${prefixed(country_code)} THEN '+' || ${number}`)
    arms.push(`WHEN ${ofLength(number, lengths)} THEN ${text(`+${country_code}`)} || ${number}`)
  }
  return `CASE WHEN regexp_full_match(${number}, '[+]?[0-9]{6,18}') THEN CASE ${arms.join(' ')} ELSE ${cell} END ELSE ${cell} END`
}

export const e164 = defineCell<PhoneOptions>({
  name: 'e164',
  summary: 'Phone numbers are written as + and digits (E.164).',
  type: sameType,
  sql: (cell, options, _before, once) => once(digits(cell), (number) => standard(cell, number, options)),
})
