/** row_count, quality_score, freshness: rules about the whole output. */
import * as z from 'zod'
import { TaskError } from '#core/errors/errors.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { column, duration, integer, number, toSeconds } from '#steps/kind/fields.ts'
import { common, defineDatasetRule } from '../rule.ts'
import { entryOf } from '#core/text/record.ts'

const expected = (min: unknown, max: unknown) =>
  min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `${min} to ${max}`
const hasBound = (settings: { min?: unknown; max?: unknown }) => settings.min !== undefined || settings.max !== undefined
const within = (value: number, min: unknown, max: unknown) =>
  (min === undefined || value >= Number(min)) && (max === undefined || value <= Number(max))

export const rowCount = defineDatasetRule({
  name: 'row_count',
  summary: 'The number of output rows is within bounds, inclusive.',
  config: z
    .strictObject({
      ...common,
      rule_type: z.literal('row_count'),
      min: integer(0).optional().describe('The smallest number of rows allowed.'),
      max: integer(0).optional().describe('The largest number of rows allowed.'),
    })
    .refine(hasBound, { error: 'min or max is required here' }),
  evaluate: ({ min, max }, figures) => ({
    passed: within(figures.rows, min, max),
    observed: `${figures.rows} rows`,
    expected: `${expected(min, max)} rows`,
  }),
  examples: ['min: 1', 'min: 1000, max: 100000, severity: warning'],
})

const METRICS = ['quality_score', 'completeness', 'validity', 'uniqueness', 'consistency'] as const

export const qualityScore = defineDatasetRule({
  name: 'quality_score',
  summary: 'The quality of the output reaches a minimum: the score, or one of its four metrics.',
  config: z.strictObject({
    ...common,
    rule_type: z.literal('quality_score'),
    metric: z.enum(METRICS).default('quality_score').describe('The metric.'),
    min: number(0, 1).describe('The lowest value allowed, 0 to 1.'),
  }),
  evaluate: ({ metric, min }, figures) => ({
    // metrics are computed from shares, whose last digits are noise: 1 - 0.9 is not quite 0.1
    passed: Number(figures[metric].toFixed(12)) >= Number(min),
    observed: `${metric} ${figures[metric].toFixed(4)}`,
    expected: `at least ${min}`,
  }),
  examples: ['min: 0.95', 'metric: completeness, min: 0.9, severity: warning'],
})

export const freshness = defineDatasetRule({
  name: 'freshness',
  summary: 'The latest date of a column is recent enough at the start of the run.',
  config: z.strictObject({
    ...common,
    rule_type: z.literal('freshness'),
    column: column.describe('The column.'),
    max_age: duration.describe('The largest age of the latest date.'),
  }),
  expectation: ({ column: name }, context) => {
    const { name: found, type } = existingColumn(name, context)
    if (type === 'date' || type === 'timestamp') return
    throw new TaskError('Definition.InvalidSetting', `freshness requires dates, but column "${found}" has type ${type}`, {
      step: context.step,
      hint: 'use a column of dates or timestamps',
    })
  },
  evaluate: ({ column: name, max_age }, figures) => {
    const latest = entryOf(figures.latest, name) ?? null
    const none = entryOf(figures.latest, name) === undefined ? 'no such column in the output' : 'no dates in the column'
    const limit = toSeconds(max_age)
    const age = latest === null ? Number.POSITIVE_INFINITY : (Date.parse(figures.started_at) - Date.parse(latest)) / 1000
    return {
      passed: age <= limit,
      observed: latest === null ? none : `latest ${latest}`,
      expected: `at most ${max_age} before ${figures.started_at}`,
    }
  },
  examples: ['column: updated_at, max_age: 1d'],
})
