/** The functions for missing values and the checks of the reference engine, by their names. */
import { EMAIL, NUMBER } from '#relational/types/text-forms.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { type Implementation, strict } from './implementation.ts'
import { parsed } from './formats.ts'
import { isoMoment } from './moments.ts'
import { compare, hasForm } from './values.ts'

const coalesce: Implementation = ({ args }) => args.find((arg) => arg !== null) ?? null

export const GENERAL_FUNCTIONS: { readonly [name: string]: Implementation } = {
  coalesce,
  ifnull: coalesce,
  nullif: ({ args: [value = null, unwanted = null] }) =>
    value !== null && unwanted !== null && compare(value, unwanted) === 0 ? null : value,
  if: ({ args: [condition, value = null, otherwise = null] }) => (condition === true ? value : otherwise),
  is_email: strict((text: string) => hasForm(text, EMAIL) && text.length <= 254 && text.indexOf('@') <= 64),
  is_number: strict((text: string) => hasForm(trimmedText(text), NUMBER) && Number.isFinite(Number(trimmedText(text)))),
  is_integer: strict((text: string) => hasForm(trimmedText(text), '[+-]?\\d+')),
  is_date: strict((text: string, format?: string) =>
    format === undefined ? isoMoment(trimmedText(text)) !== null : parsed(text, format) !== null,
  ),
  is_uuid: strict((text: string) => /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)),
}
