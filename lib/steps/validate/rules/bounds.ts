/** range and length: a value, or the length of a text, is within bounds. */
import * as z from 'zod'
import type { Json } from '#core/json.ts'
import { nameInExpression } from '#relational/operations/expressions.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { column, integer, number, reference } from '#steps/kind/fields.ts'
import type { Column } from '#relational/types/types.ts'
import { isNaming } from '#relational/infer/semantics.ts'
import { TaskError } from '#core/errors/errors.ts'
import { defineRowRule, rowCommon, ruleParameters } from '../rule.ts'

const limit = z.union([
  number(),
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}/)
    .meta({ title: 'date' }),
  reference,
])

const hasBound = (settings: { min?: unknown; max?: unknown }) => settings.min !== undefined || settings.max !== undefined
const rangeText = (min: Json | undefined, max: Json | undefined) =>
  min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `${min} to ${max}`

/**
 * Requires a type with an order. A text that is not a number would pass unnoticed between numbers or dates. A column without values can be
 * of any type.
 */
function assertOrder({ name, type, untyped }: Column, step: string): void {
  if (untyped === true || (type !== 'text' && type !== 'boolean')) return
  const what = type === 'text' ? 'text' : 'boolean'
  throw new TaskError('Definition.InvalidSetting', `range requires numbers or dates, but column "${name}" has type ${what}`, {
    step,
    hint: `set its type in the discover step (types: {${name}: float}; cells that are not numbers then go to quarantine), or use pattern, in_set or length`,
  })
}

/** Whole numbers with at most this many different values are a scale, such as a rating from 1 to 5. */
const SCALE = 12

export const range = defineRowRule({
  name: 'range',
  summary: 'Values (numbers or dates) are within bounds, inclusive.',
  config: z
    .strictObject({
      ...rowCommon,
      rule_type: z.literal('range'),
      column: column.describe('The column.'),
      min: limit.optional().describe('The smallest value allowed.'),
      max: limit.optional().describe('The largest value allowed.'),
    })
    .refine(hasBound, { error: 'min or max is required here' }),
  violations: ({ column: name, min, max }, context) => {
    const found = existingColumn(name, context)
    assertOrder(found, context.step)
    const cell = nameInExpression(found.name)
    const isTime = found.type === 'date' || found.type === 'timestamp'
    const { read, parameters } = ruleParameters({ min, max })
    const at = (parameter: string) => (isTime ? `timestamp(${read(parameter)})` : read(parameter))
    const conditions = [...(min === undefined ? [] : [`${cell} < ${at('min')}`]), ...(max === undefined ? [] : [`${cell} > ${at('max')}`])]
    return [
      {
        column: found.name,
        test: { expression: conditions.join(' OR '), parameters },
        reason: `${found.name} is not ${rangeText(min, max)}`,
      },
    ]
  },
  suggest: ({ facts, meaning }) => {
    const { minimum, maximum, distinct, rows, missing } = facts
    if (typeof minimum !== 'number' || typeof maximum !== 'number' || isNaming(meaning)) return null
    const isScale = facts.type === 'integer' && distinct.exact && distinct.value <= SCALE && rows - missing >= 20 * distinct.value
    if (isScale)
      return {
        settings: { min: minimum, max: maximum, severity: 'warning' },
        because: `${distinct.value} different values, ${minimum} to ${maximum}`,
      }
    return minimum < 0 ? null : { settings: { min: 0 }, because: `no value is negative; ${minimum} to ${maximum} occur` }
  },
  examples: ['column: age, min: 18, max: 120', 'column: order_date, min: 2024-01-01'],
})

export const length = defineRowRule({
  name: 'length',
  summary: 'The number of characters is within bounds, inclusive.',
  config: z
    .strictObject({
      ...rowCommon,
      rule_type: z.literal('length'),
      column: column.describe('The column.'),
      min: integer(0).optional().describe('The smallest number of characters allowed.'),
      max: integer(0).optional().describe('The largest number of characters allowed.'),
    })
    .refine(hasBound, { error: 'min or max is required here' }),
  violations: ({ column: name, min, max }, context) => {
    const found = existingColumn(name, context)
    const size = `length(${nameInExpression(found.name)})`
    const { read, parameters } = ruleParameters({ min, max })
    const conditions = [
      ...(min === undefined ? [] : [`${size} < ${read('min')}`]),
      ...(max === undefined ? [] : [`${size} > ${read('max')}`]),
    ]
    return [
      {
        column: found.name,
        test: { expression: conditions.join(' OR '), parameters },
        reason: `${found.name} is not ${rangeText(min, max)} characters long`,
      },
    ]
  },
  suggest: ({ facts: { type, sampled, rows, missing }, meaning }) => {
    const { length: found, cells } = sampled
    const isWhole = cells === rows - missing
    if (type !== 'text' || !isNaming(meaning) || found === null || !isWhole || cells < 20 || found.minimum !== found.maximum) return null
    return { settings: { min: found.minimum, max: found.maximum }, because: `each value has ${found.minimum} characters` }
  },
  examples: ['column: country_code, min: 2, max: 2'],
})
