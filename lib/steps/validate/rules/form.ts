/** pattern, type, date, email, phone: the form of a cell. */
import { isNumeric } from '#relational/types/types.ts'
import * as z from 'zod'
import { nameInExpression } from '#relational/operations/expressions.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { numberingPlan, phoneRegion } from '#steps/kind/numbering-plan.ts'
import { column, columnType, namedType } from '#steps/kind/fields.ts'
import { defineRowRule, rowCommon, ruleParameters } from '../rule.ts'
import { isNaming } from '#relational/infer/semantics.ts'

/** The regular expression of a pattern of the profile (`A-9`: capitals, a hyphen, digits); null where it has letters of other alphabets. */
function regularExpression(shape: string): string | null {
  const parts = [...shape].map((sign) => {
    if (sign === '9') return '[0-9]+'
    if (sign === 'A') return '[A-Z]+'
    if (sign === 'a') return '[a-z]+'
    return /[\p{L}\p{N}\s]/u.test(sign) ? null : sign.replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
  })
  return parts.includes(null) ? null : parts.join('')
}

export const pattern = defineRowRule({
  name: 'pattern',
  summary: 'Values match a regular expression in full (RE2 syntax).',
  config: z.strictObject({
    ...rowCommon,
    rule_type: z.literal('pattern'),
    column: column.describe('The column.'),
    pattern: z.string().min(1).describe('The regular expression.'),
  }),
  violations: ({ column: name, pattern: wanted }, context) => {
    const found = existingColumn(name, context)
    const { read, parameters } = ruleParameters({ pattern: `^(?:${wanted})$` })
    const expression = `NOT regexp_matches(${nameInExpression(found.name)}, ${read('pattern')})`
    return [
      {
        column: found.name,
        test: { expression, parameters },
        reason: `${found.name} does not match ${wanted}`,
      },
    ]
  },
  suggest: ({ facts: { type, sampled, rows, missing }, meaning }) => {
    const [only, ...others] = sampled.patterns
    const isWhole = sampled.cells === rows - missing && only?.[1] === sampled.cells
    if (type !== 'text' || !isNaming(meaning) || only === undefined || others.length > 0 || !isWhole || sampled.cells < 20) return null
    const found = regularExpression(only[0])
    return found === null ? null : { settings: { pattern: found }, because: 'each value has this form' }
  },
  examples: ['column: sku, pattern: "[A-Z]{3}-[0-9]{4}"'],
})

export const type = defineRowRule({
  name: 'type',
  summary: 'Values can be converted to a type, like CAST, without loss: 12.5 is not an integer, and only the numbers 1 and 0 are booleans.',
  config: z.strictObject({
    ...rowCommon,
    rule_type: z.literal('type'),
    column: column.describe('The column.'),
    type: columnType.describe('The type that values must have.'),
  }),
  violations: ({ column: name, type: wanted }, context) => {
    const found = existingColumn(name, context)
    const cell = nameInExpression(found.name)
    const to = namedType(wanted)
    if (to === found.type || to === 'text') return []
    const holds = found.type === 'text' ? `trim(${cell}) <> ''` : `${cell} IS NOT NULL`
    // CAST rounds a number to an integer, and 12.5 is not an integer
    const isOther = isNumeric(found.type) && isNumeric(to) && to !== 'float' ? ` OR CAST(${cell} AS ${to}) <> ${cell}` : ''
    return [
      {
        column: found.name,
        test: { expression: `${holds} AND (CAST(${cell} AS ${to}) IS NULL${isOther})`, parameters: {} },
        reason: `${found.name} is not of type ${to}`,
      },
    ]
  },
  examples: ['column: amount, type: float'],
})

export const date = defineRowRule({
  name: 'date',
  summary: 'Values are dates that exist.',
  config: z.strictObject({
    ...rowCommon,
    rule_type: z.literal('date'),
    column: column.describe('The column.'),
    format: z.string().optional().describe('The format of texts, in strptime notation: %d/%m/%Y.'),
  }),
  violations: ({ column: name, format }, context) => {
    const found = existingColumn(name, context)
    if (found.type === 'date' || found.type === 'timestamp') return []
    const cell = nameInExpression(found.name)
    const { read, parameters } = ruleParameters({ format })
    const expression = format === undefined ? `NOT is_date(${cell})` : `${cell} IS NOT NULL AND to_date(${cell}, ${read('format')}) IS NULL`
    return [
      {
        column: found.name,
        test: { expression, parameters },
        reason: `${found.name} is not a date`,
      },
    ]
  },
  examples: ['column: order_date', 'column: birth_date, format: "%d/%m/%Y"'],
})

export const email = defineRowRule({
  name: 'email',
  summary: 'Values are e-mail addresses.',
  config: z.strictObject({ ...rowCommon, rule_type: z.literal('email'), column: column.describe('The column.') }),
  violations: ({ column: name }, context) => {
    const found = existingColumn(name, context)
    return [
      {
        column: found.name,
        test: { expression: `NOT is_email(${nameInExpression(found.name)})`, parameters: {} },
        reason: `${found.name} is not an e-mail address`,
      },
    ]
  },
  suggest: ({ facts: { rows, missing, doubtful }, meaning }) => {
    const valid = rows - missing - doubtful
    return meaning !== 'email' || doubtful > 0 || valid === 0
      ? null
      : { settings: { severity: 'warning' }, because: `${valid.toLocaleString('en')} e-mail addresses` }
  },
  examples: ['column: email, severity: warning'],
})

export const phone = defineRowRule({
  name: 'phone',
  summary: 'Values are phone numbers in international format: + and 7 to 15 digits (E.164).',
  config: z.strictObject({
    ...rowCommon,
    rule_type: z.literal('phone'),
    column: column.describe('The column.'),
    format: z.literal('E164').optional().describe('The format; E164 is the only one.'),
    region: phoneRegion.optional().describe('Two-letter code of the country that numbers must belong to.'),
  }),
  violations: ({ column: name, region }, context) => {
    const found = existingColumn(name, context)
    const plan = numberingPlan(region)
    const digits =
      plan === null ? '[1-9][0-9]{6,14}' : `${plan.country_code}(?:${plan.lengths.map((count) => `[0-9]{${count}}`).join('|')})`
    const { read, parameters } = ruleParameters({ form: `^[+]${digits}$` })
    const expression = `NOT regexp_matches(${nameInExpression(found.name)}, ${read('form')})`
    return [
      {
        column: found.name,
        test: { expression, parameters },
        reason: `${found.name} is not a phone number in international format`,
      },
    ]
  },
  examples: ['column: phone, severity: warning', 'column: mobile, region: DE'],
})
