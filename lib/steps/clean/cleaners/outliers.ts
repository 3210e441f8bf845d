/** outliers: finds numbers far from the others. */
import * as z from 'zod'
import { isNaming } from '#relational/infer/semantics.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import { expressionOf, nameInExpression } from '#relational/operations/expressions.ts'
import type { Op } from '#relational/operations/ops.ts'
import { type Column, isNumeric } from '#relational/types/types.ts'
import { TaskError } from '#core/errors/errors.ts'
import { column, columnChoice } from '#steps/kind/fields.ts'
import type { LowerContext } from '#steps/kind/lower-context.ts'
import { defineCleaner } from '../cleaner.ts'
import { namedBySettings, withColumns } from '#steps/kind/known-columns.ts'
import { chosenColumns } from '#relational/types/choose-columns.ts'
import { named } from '#core/text/lookup.ts'

const config = z.strictObject({
  columns: columnChoice.optional().describe('The columns (default: all numeric columns that hold measurements).'),
  method: z
    .enum(['iqr', 'zscore', 'mad'])
    .default('iqr')
    .describe(
      'How the bounds are computed: from the interquartile range, from mean and standard deviation, or from the median absolute deviation. If half of the values are equal, iqr and mad find no bounds, which the step reports; zscore does.',
    ),
  threshold: z
    .number()
    .positive()
    .optional()
    .describe('How far from the others an outlier is (default: 1.5 for iqr, 3 for zscore, 3.5 for mad).'),
  action: z
    .enum(['flag', 'cap', 'null', 'quarantine'])
    .default('flag')
    .describe('Flag the row, cap the value at the bound, make it missing, or quarantine the row.'),
  flag_column: column.default('is_outlier').describe('The column that flags rows with an outlier, for `flag`.'),
})

type Bounds = { low: number; high: number }
const DEFAULTS = { iqr: 1.5, zscore: 3, mad: 3.5 } as const

/**
 * Bounds outside of which a value is an outlier. iqr: Tukey's fences; zscore: mean ± t deviations; mad: median ± t · 1.4826 · MAD (Iglewicz
 * and Hoaglin's modified z-score). Null where the spread is 0, as every other value would be an outlier.
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

/** Numbers that identify things (ids, years, codes) have no outliers, nor do columns with hardly any distinct values. */
const measures = (column: Column, facts: ColumnFacts) => isNumeric(column.type) && !isNaming(facts.semantic) && facts.distinct.value >= 10

export const outliers = defineCleaner({
  name: 'outliers',
  summary: 'Find numbers far from the others (iqr, zscore, mad) and flag them, cap them, make them missing, or quarantine the row.',
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
      throw new TaskError('Definition.InvalidSetting', `outliers would overwrite the column "${settings.flag_column}"`, {
        step: context.step,
        hint: 'choose another name in `flag_column`',
      })
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

/** Requires numbers in a column that the author named, unless all its cells are missing. */
function assertNumbers({ name, type }: Column, { facts, step }: LowerContext): void {
  const fact = named(facts?.columns, name)
  if (isNumeric(type) || fact === undefined || fact.missing === fact.rows) return
  throw new TaskError('Definition.InvalidSetting', `outliers requires numeric columns, but "${name}" has type ${type}`, {
    step,
    hint: 'remove the column from `columns`, or set its type in the discover step',
  })
}

const range = ({ low, high }: Bounds) => `${Number(low.toPrecision(6))} to ${Number(high.toPrecision(6))}`

const outside = (column: Column, { low, high }: Bounds) => {
  const name = nameInExpression(column.name)
  return `(${name} < ${low} OR ${name} > ${high})`
}

/** Why a column with different numbers has no bounds. */
const NO_SPREAD = {
  iqr: 'it has no bounds, because the middle half of its values are equal; use zscore, or a range rule in a validate step',
  zscore: 'it has no bounds, because it holds infinite values or NaN; use iqr or mad',
  mad: 'it has no bounds, because more than half of its values are equal; use zscore, or a range rule in a validate step',
} as const

/** The bounds of a column that has values outside of them, else null. Records the reason where there are no bounds. */
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
      why: facts.sampled.cells === 0 ? 'the sample holds no numbers' : NO_SPREAD[settings.method],
      ...unmet,
    })
  }
  return limits === null || (Number(facts.minimum) >= limits.low && Number(facts.maximum) <= limits.high) ? null : limits
}
