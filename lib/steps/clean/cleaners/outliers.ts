/** outliers: numbers far from the others. */
import * as z from 'zod'
import { isNaming } from '#relational/infer/semantics.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import { expressionOf, nameInExpression } from '#relational/operations/expressions.ts'
import type { Op } from '#relational/operations/ops.ts'
import type { Column } from '#relational/types/types.ts'
import { TaskError } from '#core/errors/errors.ts'
import { column, columnChoice } from '#steps/kind/fields.ts'
import type { LowerContext } from '#steps/kind/lower-context.ts'
import { defineCleaner } from '../cleaner.ts'
import { namedBySettings, withColumns } from '#steps/kind/known-columns.ts'
import { chosenColumns } from '#relational/types/choose-columns.ts'
import { named } from '#core/text/lookup.ts'

const config = z.strictObject({
  columns: columnChoice.optional().describe('Only these columns; otherwise every numeric column that measures something.'),
  method: z
    .enum(['iqr', 'zscore', 'mad'])
    .default('iqr')
    .describe(
      'How the bounds are found: from the middle half, from mean and deviation, or from the median absolute deviation. Where half of the values are the same, iqr and mad find none, which the step says; zscore does.',
    ),
  threshold: z.number().positive().optional().describe('How far is far: 1.5 (iqr), 3 (zscore) or 3.5 (mad) unless said otherwise.'),
  action: z
    .enum(['flag', 'cap', 'null', 'quarantine'])
    .default('flag')
    .describe('Mark the row, move them to the bound, make them missing, or set the row aside.'),
  flag_column: column.default('is_outlier').describe('The column that marks rows with an outlier, for `flag`.'),
})

type Bounds = { low: number; high: number }
const DEFAULTS = { iqr: 1.5, zscore: 3, mad: 3.5 } as const

/**
 * Bounds outside of which a value is an outlier. iqr: Tukey's fences; zscore: mean ± t deviations; mad: median ± t · 1.4826 · MAD
 * (Iglewicz and Hoaglin's modified z-score). Null where the middle has no width, as every other value would be far out.
 */
function bounds(facts: ColumnFacts, method: keyof typeof DEFAULTS, threshold: number = DEFAULTS[method]): Bounds | null {
  const around = (centre: number, width: number): Bounds | null =>
    width > 0 ? { low: centre - threshold * width, high: centre + threshold * width } : null
  const [, , low = 0, middle = 0, high = 0] = facts.sampled.quantiles ?? []
  if (facts.sampled.quantiles === null) return null
  if (method === 'iqr') return high > low ? { low: low - threshold * (high - low), high: high + threshold * (high - low) } : null
  if (method === 'zscore') return around(facts.mean ?? 0, facts.deviation ?? 0)
  return around(middle, 1.4826 * (facts.sampled.mad ?? 0))
}

/** Numbers that name things (ids, years, codes) have no outliers, and neither have columns with hardly any values. */
const measures = (column: Column, facts: ColumnFacts) =>
  (column.type === 'integer' || column.type === 'decimal') && !isNaming(facts.semantic) && facts.distinct.value >= 10

export const outliers = defineCleaner({
  name: 'outliers',
  summary: 'Find numbers far from the others (iqr, zscore, mad) and flag them, cap them, make them missing, or set the row aside.',
  config,
  columns: (settings) => ({
    reads: namedBySettings(settings, []),
    ...(settings.action === 'flag' ? { after: (known) => withColumns(known, [settings.flag_column]) } : {}),
  }),
  needs: () => ({ facts: true, key_sets: [] }),
  moves: ({ action }) => action !== 'flag',
  figures: ({ method }) => (method === 'zscore' ? 'numbers' : 'sample'),
  changes: ({ action }) => action === 'cap' || action === 'null',
  lower: (settings, context) => {
    const found = chosenColumns(settings.columns, context).flatMap((column) => {
      if (Array.isArray(settings.columns)) assertNumbers(column, context)
      const limits = limitsOf(column, settings, context)
      return limits === null ? [] : [{ column, limits }]
    })
    for (const { column, limits } of found) {
      const choice = `${settings.action} outside ${range(limits)}`
      context.decide({
        rule: 'outliers',
        column: column.name,
        choice,
        why: `${settings.method}, ${settings.threshold ?? DEFAULTS[settings.method]}`,
      })
    }
    const origin = { step: context.step, rule: 'outliers' }
    if (settings.action === 'cap' || settings.action === 'null') {
      const cell = settings.action === 'cap' ? 'clamp' : 'null_outside'
      return found.map(({ column, limits }): Op => ({ op: 'cell', origin, column: column.name, cell, options: limits, counted: true }))
    }
    const checks = found.map(
      ({ column, limits }): Op => ({
        op: 'check',
        origin,
        column: column.name,
        test: { is: 'violation', expression: expressionOf(outside(column, limits)), parameters: {} },
        fate: settings.action === 'quarantine' ? 'quarantine' : 'keep',
        reason: `${column.name} is outside ${range(limits)}`,
      }),
    )
    if (settings.action === 'quarantine') return checks
    if (context.columns.some(({ name }) => name.toLowerCase() === settings.flag_column.toLowerCase()))
      throw new TaskError(
        'Definition.InvalidSetting',
        `step ${context.step}: there is a column "${settings.flag_column}" already, which outliers would overwrite`,
        {
          hint: 'say in flag_column what the column for the marks is to be called',
        },
      )
    const any = found.map(({ column, limits }) => `COALESCE(${outside(column, limits)}, FALSE)`).join(' OR ')
    const mark: Op = {
      op: 'derive',
      origin,
      columns: [{ name: settings.flag_column, expression: expressionOf(any === '' ? 'FALSE' : any), parameters: {} }],
    }
    return [...checks, mark]
  },
  examples: [
    '{method: iqr, action: flag}',
    '{columns: [price], method: mad, action: cap}',
    '{columns: [age], method: zscore, threshold: 4, action: quarantine}',
  ],
})

/** A column named by the author must hold numbers, unless it holds nothing at all. */
function assertNumbers({ name, type }: Column, { facts, step }: LowerContext): void {
  const fact = named(facts?.columns, name)
  if (type === 'integer' || type === 'decimal' || fact === undefined || fact.missing === fact.rows) return
  throw new TaskError('Definition.InvalidSetting', `step ${step}: outliers are found among numbers, and "${name}" is ${type}`, {
    hint: 'leave the column out, or say its type in the discover step',
  })
}

const range = ({ low, high }: Bounds) => `${Number(low.toPrecision(6))} to ${Number(high.toPrecision(6))}`

const outside = (column: Column, { low, high }: Bounds) => {
  const name = nameInExpression(column.name)
  return `(${name} < ${low} OR ${name} > ${high})`
}

/** Why a column that holds different numbers has no bounds. */
const NO_SPREAD = {
  iqr: 'the middle half of its values is one value, so nothing says how far is far; use zscore, or a range rule in a validate step',
  zscore: 'its deviation is not known, because it holds values that are infinite or no number; use iqr or mad',
  mad: 'more than half of its values are one value, so nothing says how far is far; use zscore, or a range rule in a validate step',
} as const

/** The bounds of a column that has values outside of them, else null; where bounds cannot be found, the reason is written down. */
function limitsOf(column: Column, settings: z.infer<typeof config>, context: LowerContext): Bounds | null {
  const facts = named(context.facts?.columns, column.name)
  if (facts === undefined || (settings.columns === undefined && !measures(column, facts))) return null
  const limits = bounds(facts, settings.method, settings.threshold)
  if (limits === null && facts.minimum !== facts.maximum) {
    const unmet = Array.isArray(settings.columns) ? { unmet: true as const } : {}
    context.decide({
      rule: 'outliers',
      column: column.name,
      choice: 'leave',
      why: facts.sampled.cells === 0 ? 'no cell of the sample holds a number' : NO_SPREAD[settings.method],
      ...unmet,
    })
  }
  return limits === null || (Number(facts.minimum) >= limits.low && Number(facts.maximum) <= limits.high) ? null : limits
}
