/** For meanings that can be checked: the SQL condition that a non-missing cell fits the meaning of its column. */
import { EMAIL, EMAIL_LIMITS } from '#relational/types/text-forms.ts'
import { text } from '#relational/types/sql.ts'
import { entryOf } from '#core/text/record.ts'

/** The form of an e-mail address, and its limits of length. */
export const isEmail = (cell: string) =>
  `(strlen(${cell}) <= ${EMAIL_LIMITS.address} AND strpos(${cell}, '@') <= ${EMAIL_LIMITS.local + 1} AND regexp_full_match(${cell}, ${text(EMAIL)}))`

const RULES: { readonly [semantic: string]: (cell: string) => string } = {
  email: isEmail,
  url: (cell) => `regexp_full_match(${cell}, '(?i)(https?|ftp)://[^\\s/$.?#][^\\s]*')`,
  uuid: (cell) => `regexp_full_match(${cell}, '(?i)[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}')`,
  ip: (cell) => `regexp_full_match(${cell}, '((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])')`,
  phone: (cell) => `regexp_full_match(${cell}, '[+]?[0-9 ().-]{7,20}')`,
}

export const semanticRule = (semantic: string | null) => (semantic === null ? undefined : entryOf(RULES, semantic))
