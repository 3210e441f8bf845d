/** normalize: writes countries, web addresses, IP addresses and coordinates in one form. */
import * as z from 'zod'
import type { Op } from '#relational/operations/ops.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { columns } from '#steps/kind/fields.ts'
import { record } from '#core/text/record.ts'
import { named } from '#core/text/lookup.ts'
import { preview } from '#core/text/preview.ts'
import { count } from '#core/text/numbers.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { defineCleaner } from '../cleaner.ts'
import { ipAddress, webAddress } from '../forms/address.ts'
import { coordinates } from '../forms/coordinates.ts'
import { countryCode, countryName } from '../forms/country.ts'

/** Each form by its name: the value in it, or null for a text that is none. */
const FORMS = {
  country_name: countryName,
  country_code: countryCode,
  url: webAddress,
  ip: ipAddress,
  coordinates,
} satisfies { readonly [form: string]: (text: string) => string | null }

export const normalize = defineCleaner({
  name: 'normalize',
  summary: 'Write countries, web addresses, IP addresses or coordinates in one form. What is not of the form stays as it is.',
  config: z.strictObject({
    columns: columns.describe('The columns.'),
    as: z
      .enum(Object.keys(FORMS) as (keyof typeof FORMS)[])
      .describe(
        '`country_name`: the English name; `country_code`: two letters (ISO 3166); `url`: scheme and host in lower case; `ip`: the short form of IPv6; `coordinates`: latitude and longitude in degrees.',
      ),
  }),
  needs: () => ({ facts: true, key_sets: [] }),
  changes: () => true,
  moves: (_config, of) => of === 'all',
  lower: ({ columns: wanted, as }, context) =>
    wanted.flatMap((name): Op[] => {
      const column = existingColumn(name, context)
      const facts = named(context.facts?.columns, column.name)
      if (facts === undefined) return []
      const form = FORMS[as]
      const leave = (why: string) => context.decide({ rule: 'normalize', column: column.name, choice: 'leave', why, unmet: true })
      if (column.type !== 'text') {
        if (facts.missing < facts.rows) leave(`only text has this form, and it is ${column.type}`)
        return []
      }
      if (facts.values === null) {
        leave(`it has too many different values (${facts.distinct.value.toLocaleString('en')})`)
        return []
      }
      const missing = new Set(facts.null_values)
      const read = facts.values.map(([value]) => value).filter((value) => !missing.has(trimmedText(value)))
      const values = record(read.flatMap((value) => [value, trimmedText(value)].map((text) => [text, form(text) ?? text] as const)))
      const others = read.filter((value) => form(value) === null)
      if (others.length > 0)
        context.decide({
          rule: 'normalize',
          column: column.name,
          choice: as,
          why: `${count(others.length, 'value')} ${others.length === 1 ? 'is' : 'are'} not of this form and ${others.length === 1 ? 'stays' : 'stay'}: ${preview(others, 3)}`,
        })
      const changed = record(Object.entries(values).filter(([from, to]) => from !== to))
      if (Object.keys(changed).length === 0) return []
      return [
        {
          op: 'cell',
          origin: { step: context.step, rule: 'normalize' },
          column: column.name,
          cell: 'replace_values',
          options: { values: changed },
          counted: true,
        },
      ]
    }),
  examples: ['{columns: [country], as: country_name}', '{columns: [website], as: url}'],
})
