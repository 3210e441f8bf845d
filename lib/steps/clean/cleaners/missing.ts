/** missing: fills or quarantines missing cells. */
import * as z from 'zod'
import { isNaming } from '#relational/infer/semantics.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { Json } from '#core/json.ts'
import type { CellOp, Op } from '#relational/operations/ops.ts'
import { expressionOf, nameInExpression } from '#relational/operations/expressions.ts'
import { fits } from '#relational/types/fits.ts'
import { type Column, digitsOf, isDecimal, isNumeric } from '#relational/types/types.ts'
import { TaskError } from '#core/errors/errors.ts'
import { type KnownColumns, namedBySettings, openTo, withColumns } from '#steps/kind/known-columns.ts'
import { columnChoice, scalar } from '#steps/kind/fields.ts'
import type { Figures, LowerContext } from '#steps/kind/lower-context.ts'
import { defineCleaner } from '../cleaner.ts'
import { chosenColumns } from '#relational/types/choose-columns.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { named } from '#core/text/lookup.ts'
import { entryOf } from '#core/text/record.ts'

const STRATEGIES = ['auto', 'mean', 'median', 'mode', 'constant', 'leave', 'quarantine'] as const
type Strategy = (typeof STRATEGIES)[number]

const detailed = z.strictObject({
  columns: columnChoice.optional().describe('The columns (default: all).'),
  strategy: z.enum(STRATEGIES).default('auto').describe('What to do with missing cells; `auto` chooses by the facts of the column.'),
  value: scalar.optional().describe('The value for `constant`.'),
})

/** The figures that each strategy needs. */
const FIGURES: Partial<Record<Strategy, Figures>> = { auto: 'sample', mean: 'numbers', median: 'sample', mode: 'all' }
const strategyOf = (config: Strategy | { readonly strategy: Strategy }) => (typeof config === 'string' ? config : config.strategy)

interface Choice {
  readonly strategy: Exclude<Strategy, 'auto'>
  readonly value: Json
  readonly why: string
}

const IDENTIFYING = new Set(['id', 'email', 'phone', 'url', 'uuid', 'ip'])
/** A column with a larger share of missing cells is not filled: it would mostly show the filled value. */
const MAX_MISSING = 0.2
/** Integers with at most this many distinct values are grades or codes. */
const FEW_NUMBERS = 10
/** A text column with more distinct values than this is not categorical. */
const MAX_CATEGORIES = 30
function rounded({ type }: Column, value: number): number {
  if (type === 'integer') return Math.round(value)
  return isDecimal(type) ? Number(value.toFixed(digitsOf(type).scale)) : Number(value.toPrecision(12))
}

const median = (facts: ColumnFacts) => facts.sampled.quantiles?.[3] ?? null

/** Whether the extremes lie more than three times the interquartile range outside the quartiles. */
function hasOutliers(facts: ColumnFacts): boolean {
  const [, , low = 0, , high = 0] = facts.sampled.quantiles ?? []
  const reach = 3 * (high - low)
  return Number(facts.minimum) < low - reach || Number(facts.maximum) > high + reach
}

/** The most frequent value after standardising, and its share of the non-missing cells. */
function mode(facts: ColumnFacts): { value: string; share: number } | null {
  const missing = new Set(facts.null_values)
  const listed = (facts.values ?? facts.sampled.top).filter(([value]) => !missing.has(trimmedText(value)))
  const first = listed[0]
  const all = facts.values === null ? facts.sampled.cells : facts.rows - facts.missing
  return first === undefined ? null : { value: trimmedText(first[0]), share: first[1] / Math.max(1, all) }
}

/** Chooses a strategy. A filled value must not look like real data: where in doubt, a missing cell stays missing. */
function choose(column: Column, facts: ColumnFacts): Choice {
  const leave = (why: string): Choice => ({ strategy: 'leave', value: null, why })
  if (facts.missing > facts.rows * MAX_MISSING) return leave(`more than ${100 * MAX_MISSING}% of the cells are missing`)
  if (facts.absent > 0) return leave('some sources lack the column')
  if (/^column_\d+$/.test(facts.name)) return leave('the name of the column does not say what it holds')
  const never = neverFilled(column, facts)
  if (never !== null) return leave(never)
  if (isNumeric(column.type)) {
    const middle = median(facts)
    if (middle === null) return leave('the column holds no numbers')
    if (column.type === 'integer' && facts.distinct.value <= FEW_NUMBERS)
      return leave('integers with few distinct values are grades or codes')
    // the mean of the rows that earlier rules keep would need a pass over all of them
    if (facts.mean === null)
      return { strategy: 'median', value: rounded(column, middle), why: 'numeric; the median of the rows that earlier rules kept' }
    return hasOutliers(facts)
      ? { strategy: 'median', value: rounded(column, middle), why: 'numeric, with outliers that would distort the mean' }
      : { strategy: 'mean', value: rounded(column, facts.mean), why: 'numeric, without outliers' }
  }
  if (column.type === 'boolean') return leave('a yes or no cannot be guessed')
  if (facts.values === null || facts.distinct.value > MAX_CATEGORIES) return leave('free text')
  if (facts.distinct.value > (facts.rows - facts.missing) / 2) return leave('nearly every value is different')
  if (facts.distinct.value < 2) return leave('with a single value, an empty cell means something')
  if (isCodes(facts)) return leave('the values are codes')
  return { strategy: 'constant', value: 'Unknown', why: 'a category; no value is likely enough to fill in' }
}

/** Codes are looked up in other tables, which have no "Unknown". */
function isCodes({ values, null_values }: ColumnFacts): boolean {
  const missing = new Set(null_values)
  const written = (values ?? []).map(([value]) => trimmedText(value)).filter((value) => !missing.has(value))
  return written.every((value) => /^[A-Z0-9]{1,4}$/.test(value))
}

function explicit(column: Column, facts: ColumnFacts, settings: z.infer<typeof detailed>, context: LowerContext): Choice {
  const why = 'set in the rule'
  const none = (what: string) =>
    new TaskError('Definition.InvalidSetting', `missing cells of "${column.name}" cannot be filled with ${settings.strategy}: ${what}`, {
      step: context.step,
      hint: 'choose another strategy for this column, such as constant with a value',
    })
  switch (settings.strategy) {
    case 'auto':
      return choose(column, facts)
    case 'mean':
      if (!isNumeric(column.type) || facts.mean === null) throw none(`the column has type ${column.type} and holds no numbers`)
      return { strategy: 'mean', value: rounded(column, facts.mean), why }
    case 'median': {
      const middle = median(facts)
      if (!isNumeric(column.type) || middle === null) throw none(`the column has type ${column.type} and holds no numbers`)
      return { strategy: 'median', value: rounded(column, middle), why }
    }
    case 'mode': {
      const frequent = mode(facts)
      if (frequent === null) throw none('the column holds no values')
      return { strategy: 'mode', value: frequent.value, why }
    }
    case 'constant':
      if (settings.value === undefined) throw none('the rule has no `value`')
      if (!fits(settings.value, column.type)) throw none(`the column has type ${column.type}, and ${settings.value} does not fit it`)
      return { strategy: 'constant', value: settings.value, why }
    default:
      return { strategy: settings.strategy, value: null, why }
  }
}

/** Names of quantities: with a price they make an amount of money. */
const QUANTITY = /(?:^|[_\s-])(?:qty|quantity|quantities|units?|pieces)$/i

/** Why a rule for all columns does not fill this one; null if it may. Filled money, keys and dates look like real ones. */
function neverFilled(column: Column, { semantic, effects, rows, missing: empty, distinct }: ColumnFacts): string | null {
  if (semantic === 'currency' || (entryOf(effects, 'currency')?.cells ?? 0) > 0) return 'an amount of money cannot be guessed'
  if (isNumeric(column.type) && QUANTITY.test(column.name)) return 'a quantity cannot be guessed'
  if (semantic !== null && IDENTIFYING.has(semantic)) return `the column identifies something (${semantic})`
  if (isNaming(semantic)) return `the numbers are identifiers (${semantic})`
  if (column.type === 'date' || column.type === 'timestamp') return 'a date cannot be guessed'
  if (column.type === 'integer' && rows - empty > FEW_NUMBERS && distinct.value === rows - empty)
    return 'every value is different, as in a key'
  return null
}

/** The column that marks the filled cells of another. */
const markOf = (name: string) => `${name}_imputed`

/** Marks the missing cells of a column, before they are filled. Marks of a rule before stay. */
function mark(column: Column, context: LowerContext): Op {
  const before = context.columns.find((other) => other.name.toLowerCase() === markOf(column.name).toLowerCase())
  const name = before?.name ?? markOf(column.name)
  if (before !== undefined && before.type !== 'boolean')
    throw new TaskError('Definition.InvalidSetting', `missing would overwrite the column "${name}"`, {
      step: context.step,
      hint: `rename the column "${name}", or leave "${column.name}" out`,
    })
  const empty = `${nameInExpression(column.name)} IS NULL`
  const expression = expressionOf(before === undefined ? empty : `COALESCE(${nameInExpression(name)}, FALSE) OR ${empty}`)
  return { op: 'derive', origin: { step: context.step, rule: 'missing' }, columns: [{ name, expression, parameters: {} }] }
}

const FILLING: ReadonlySet<string> = new Set(['auto', 'mean', 'median', 'mode', 'constant'])

/** The marks of named columns certainly exist; without names it depends on the data which do. */
function withMarks(config: Strategy | z.infer<typeof detailed>, known: KnownColumns): KnownColumns {
  const columns = typeof config === 'string' ? undefined : config.columns
  return Array.isArray(columns) && strategyOf(config) !== 'auto' ? withColumns(known, columns.map(markOf)) : openTo(known)
}

export const missing = defineCleaner({
  name: 'missing',
  summary:
    'Fill missing cells (mean, median, mode, constant), leave them, or quarantine their rows; `auto` chooses by the facts of the column. Filled cells are marked in a column `<column>_imputed`. Without named columns, money, quantities, identifiers, keys and dates are never filled.',
  config: z.union([z.enum(STRATEGIES), detailed]).describe('A strategy for all columns, or `{columns, strategy, value}`.'),
  needs: () => ({ facts: true, key_sets: [] }),
  moves: (config) => strategyOf(config) !== 'leave',
  figures: (config) => FIGURES[strategyOf(config)] ?? null,
  changes: (config) => FILLING.has(strategyOf(config)),
  columns: (config) => ({
    reads: namedBySettings(config, []),
    ...(FILLING.has(strategyOf(config)) ? { after: (known) => withMarks(config, known) } : {}),
  }),
  lower: (config, context) => {
    const settings = typeof config === 'string' ? detailed.parse({ strategy: config }) : config
    const origin = { step: context.step, rule: 'missing' }
    return chosenColumns(settings.columns, context).flatMap((column): Op[] => {
      const facts = named(context.facts?.columns, column.name)
      if (facts === undefined) return []
      const isNamed = Array.isArray(settings.columns)
      // the columns of the output do not depend on whether a cell of a named column is missing
      if (facts.missing === 0 && !context.emptied.has(column.name))
        return isNamed && FILLING.has(settings.strategy) && settings.strategy !== 'auto' ? [mark(column, context)] : []
      const never = isNamed || settings.strategy === 'quarantine' ? null : neverFilled(column, facts)
      const choice: Choice = never === null ? explicit(column, facts, settings, context) : { strategy: 'leave', value: null, why: never }
      context.decide({
        rule: 'missing',
        column: column.name,
        choice: choice.value === null ? choice.strategy : `${choice.strategy} (${choice.value})`,
        why: choice.why,
      })
      if (choice.strategy === 'leave') return []
      const toMissing: CellOp = {
        op: 'cell',
        origin,
        column: column.name,
        cell: 'null_values',
        options: { tokens: facts.null_values, padded: (facts.effects['whitespace']?.cells ?? 0) > 0 },
        counted: false,
      }
      const first = column.type === 'text' ? [toMissing] : []
      if (choice.strategy === 'quarantine') {
        const expression = expressionOf(`${nameInExpression(column.name)} IS NULL`)
        const test = { is: 'violation' as const, expression, parameters: {} }
        return [...first, { op: 'check', origin, column: column.name, test, fate: 'quarantine', reason: `${column.name} is missing` }]
      }
      return [
        ...first,
        mark(column, context),
        { op: 'cell', origin, column: column.name, cell: 'impute', options: { value: choice.value }, counted: true },
      ]
    })
  },
  examples: ['auto', '{columns: [age], strategy: median}', '{columns: [region], strategy: constant, value: unknown}', 'quarantine'],
})
