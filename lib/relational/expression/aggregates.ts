/** The registry of functions over several rows: aggregates, which also work over a window, and functions that need a window. */
import type { Json } from '#core/json.ts'
import { type ColumnType, type DecimalType, decimalType, digitsOf, isDecimal, MAX_PRECISION } from '#relational/types/types.ts'
import { finite, floatOf } from '#relational/types/conversion.ts'
import { sqlType } from '#relational/types/sql.ts'
import { tidy } from './decimals.ts'
import { arg, type CallParts, type FunctionParameter } from './function.ts'
import { commonResult, numberResult, type ValueType } from './types.ts'

export interface AggregateFunction {
  readonly name: string
  readonly aliases: readonly string[]
  readonly parameters: readonly FunctionParameter[]
  readonly result: ColumnType | ((types: readonly ValueType[]) => ValueType)
  /** Whether it works over a group of rows; every function works over a window. */
  readonly group: boolean
  /** Whether its value depends on the order of the rows. */
  readonly ordered: boolean
  /**
   * Whether its value depends on the position of a row in the sorted partition, including rows with equal keys; other functions see the
   * frame as a whole.
   */
  readonly positional?: true
  readonly doc: string
  /** Evaluated over EXAMPLE_ROWS: one value for the group, or one value per row for a window ordered by `day`. */
  readonly example: { readonly expression: string; readonly result: Json }
  /** DuckDB SQL. Every aggregate in it goes through `over`, which adds FILTER, ORDER BY and OVER. */
  readonly sql: (call: CallParts, over: (aggregate: string) => string) => string
}

/** The rows for the examples of this file. */
export const EXAMPLE_ROWS: readonly { readonly [column: string]: Json }[] = [
  { day: '2024-01-01', region: 'north', amount: 10 },
  { day: '2024-01-02', region: 'south', amount: 20 },
  { day: '2024-01-03', region: 'north', amount: 60 },
  { day: '2024-01-04', region: 'south', amount: null },
]

const NUMBER: FunctionParameter = { name: 'number', kind: 'number' }
const FLOAT: FunctionParameter = { name: 'number', kind: 'float' }
const ANY: FunctionParameter = { name: 'value', kind: 'any' }

const firstType = (types: readonly ValueType[]) => commonResult(types.slice(0, 1))

/** Functions that return a value of the type of their argument: min, first, lag … */
const selecting = (
  name: string,
  doc: string,
  example: AggregateFunction['example'],
  options: { sql?: string; group?: boolean; ordered?: boolean; aliases?: readonly string[] } = {},
): AggregateFunction => ({
  name,
  aliases: options.aliases ?? [],
  parameters: [ANY],
  result: firstType,
  group: options.group ?? true,
  ordered: options.ordered ?? true,
  doc,
  example,
  sql: (call, over) => over(`${options.sql ?? name}(${arg(call, 0)})`),
})

/** An exact decimal as a float, other numbers unchanged. */
function floatArgument(call: CallParts): string {
  const type = call.types[0] ?? 'float'
  return isDecimal(type) ? floatOf(arg(call, 0), type) : arg(call, 0)
}

/** Sums of numbers of up to so many digits cannot exceed 38 digits, whatever the number of rows. */
const SUMMED_DIGITS = 28

/** Exact decimals with so many digits before the point can be summed exactly; those with fewer are summed as floats. */
function sumOf(type: DecimalType): DecimalType | 'float' {
  const { precision, scale } = digitsOf(type)
  return precision <= SUMMED_DIGITS || SUMMED_DIGITS - scale >= 10 ? decimalType(MAX_PRECISION, scale) : 'float'
}

/** DuckDB fails if a sum exceeds 38 digits, so numbers of more than 28 digits make the result NULL. */
function exactSum(number: string, type: DecimalType, call: CallParts, over: (aggregate: string) => string): string {
  const { precision, scale } = digitsOf(type)
  const as = sqlType(decimalType(MAX_PRECISION, scale))
  if (precision <= SUMMED_DIGITS) return `CAST(${over(`sum(${number})`)} AS ${as})`
  const limit = `CAST('1${'0'.repeat(SUMMED_DIGITS - scale)}' AS ${sqlType(type)})`
  const bounded = call.once(number, (value) => `CASE WHEN abs(${value}) < ${limit} THEN ${value} END`)
  return `CASE WHEN ${over(`max(abs(${number}))`)} < ${limit} THEN CAST(${over(`sum(${bounded})`)} AS ${as}) END`
}

/** DuckDB fails if the square of a number overflows, so numbers beyond 1e150 make the result NULL. */
const spread = (name: string, sql: string, doc: string, result: number, aliases: readonly string[]): AggregateFunction => ({
  name,
  aliases,
  parameters: [FLOAT],
  result: 'float',
  group: true,
  ordered: false,
  doc,
  example: { expression: `${name}(amount)`, result },
  sql: (call, over) => {
    const number = arg(call, 0)
    const bounded = call.once(number, (value) => `CASE WHEN abs(${value}) < 1e150 THEN ${value} END`)
    return tidy(`CASE WHEN ${over(`max(abs(${number}))`)} < 1e150 THEN ${over(`${sql}(${bounded})`)} END`, call.once)
  },
})

const numbering = (
  name: string,
  doc: string,
  example: AggregateFunction['example'],
  order: Pick<AggregateFunction, 'ordered' | 'positional'>,
): AggregateFunction => ({
  name,
  aliases: [],
  parameters: [],
  result: 'integer',
  group: false,
  ...order,
  doc,
  example,
  sql: (_call, over) => over(`${name}()`),
})

const shifted = (name: 'lag' | 'lead', doc: string, example: AggregateFunction['example']): AggregateFunction => ({
  name,
  aliases: [],
  parameters: [
    { ...ANY, kind: 'same' },
    { name: 'rows', kind: 'offset', optional: true },
    { name: 'otherwise', kind: 'same', optional: true },
  ],
  result: (types) => commonResult([types[0], types[2]]),
  group: false,
  ordered: true,
  positional: true,
  doc,
  example,
  sql: (call, over) => over(`${name}(${call.args.join(', ')})`),
})

export const AGGREGATES: readonly AggregateFunction[] = [
  {
    name: 'count',
    aliases: [],
    parameters: [{ ...ANY, optional: true }],
    result: 'integer',
    group: true,
    ordered: false,
    doc: 'Counts rows with count(*), non-missing values with count(x), distinct values with count(DISTINCT x).',
    example: { expression: 'count(amount)', result: 3 },
    sql: (call, over) => over(`count(${call.args[0] ?? '*'})`),
  },
  {
    name: 'sum',
    aliases: [],
    parameters: [NUMBER],
    result: ([type = 'null']) => (isDecimal(type) ? sumOf(type) : numberResult([type])),
    group: true,
    ordered: false,
    doc: 'The sum; missing if there is no value or an integer sum exceeds 64 bits. Of exact decimals it is exact, and missing if it could exceed 38 digits: if a number has more than 28.',
    example: { expression: 'sum(amount)', result: 90 },
    // fsum compensates rounding errors, so that the order of the rows has no effect
    sql: (call, over) => {
      const [type = 'float'] = call.types
      if (type === 'integer') return `TRY_CAST(${over(`sum(${arg(call, 0)})`)} AS BIGINT)`
      if (isDecimal(type) && sumOf(type) !== 'float') return exactSum(arg(call, 0), type, call, over)
      return tidy(over(`fsum(${floatArgument(call)})`), call.once)
    },
  },
  {
    name: 'avg',
    aliases: ['mean'],
    parameters: [NUMBER],
    result: 'float',
    group: true,
    ordered: false,
    doc: 'The mean of the non-missing values.',
    example: { expression: 'avg(amount)', result: 30 },
    sql: (call, over) => tidy(over(`${call.types[0] === 'integer' ? 'avg' : 'favg'}(${floatArgument(call)})`), call.once),
  },
  selecting('min', 'The smallest value.', { expression: 'min(amount)', result: 10 }, { ordered: false }),
  selecting('max', 'The largest value.', { expression: 'max(region)', result: 'south' }, { ordered: false }),
  {
    name: 'median',
    aliases: [],
    parameters: [FLOAT],
    result: 'float',
    group: true,
    ordered: false,
    doc: 'The median.',
    example: { expression: 'median(amount)', result: 20 },
    sql: (call, over) => finite(over(`median(${arg(call, 0)})`), call.once),
  },
  {
    name: 'quantile',
    aliases: ['percentile', 'quantile_cont'],
    parameters: [FLOAT, { name: 'share', kind: 'share' }],
    result: 'float',
    group: true,
    ordered: false,
    doc: 'The interpolated quantile for a share from 0 to 1.',
    example: { expression: 'quantile(amount, 0.75)', result: 40 },
    sql: (call, over) => finite(over(`quantile_cont(${arg(call, 0)}, ${arg(call, 1)})`), call.once),
  },
  spread(
    'stddev',
    'stddev_samp',
    'The standard deviation of a sample (divided by n − 1); missing for fewer than two values.',
    26.4575131106459,
    ['stddev_samp', 'std'],
  ),
  spread('variance', 'var_samp', 'The variance of a sample (divided by n − 1); missing for fewer than two values.', 700, [
    'var_samp',
    'var',
  ]),
  selecting('first', 'The value of the first row, missing or not.', { expression: 'first(region)', result: 'north' }),
  selecting('last', 'The value of the last row, missing or not.', { expression: 'last(amount)', result: null }),
  selecting('any_value', 'The first non-missing value.', { expression: 'any_value(amount)', result: 10 }),
  {
    name: 'string_agg',
    aliases: ['listagg', 'group_concat'],
    parameters: [
      { name: 'text', kind: 'text' },
      { name: 'separator', kind: 'constant', optional: true },
    ],
    result: 'text',
    group: true,
    ordered: true,
    doc: 'Joins texts with a separator (default: a comma).',
    example: { expression: "string_agg(region, ' ')", result: 'north south north south' },
    sql: (call, over) => over(`string_agg(${arg(call, 0)}, ${call.args[1] ?? "','"})`),
  },
  numbering(
    'row_number',
    'The number of the row in its partition, from 1; rows with equal keys keep their order.',
    { expression: 'row_number()', result: [1, 2, 3, 4] },
    { ordered: true, positional: true },
  ),
  numbering(
    'rank',
    'The rank of the row by the keys of `order_by`; rows with equal keys share a rank and leave gaps. Without `order_by` all rows are equal.',
    { expression: 'rank()', result: [1, 2, 3, 4] },
    { ordered: false },
  ),
  numbering(
    'dense_rank',
    'The rank of the row by the keys of `order_by`; rows with equal keys share a rank, without gaps.',
    { expression: 'dense_rank()', result: [1, 2, 3, 4] },
    { ordered: false },
  ),
  shifted('lag', 'The value of an earlier row (default: one row before); outside the partition the third argument.', {
    expression: 'lag(amount, 1, 0)',
    result: [0, 10, 20, 60],
  }),
  shifted('lead', 'The value of a later row (default: the next row); outside the partition the third argument.', {
    expression: 'lead(amount)',
    result: [20, 60, null, null],
  }),
  selecting(
    'first_value',
    'The value of the first row of the frame, missing or not.',
    { expression: 'first_value(region)', result: ['north', 'north', 'north', 'north'] },
    { group: false },
  ),
  selecting(
    'last_value',
    'The value of the last row of the frame, missing or not.',
    { expression: 'last_value(amount)', result: [10, 20, 60, null] },
    { group: false },
  ),
]

const BY_NAME = new Map(AGGREGATES.flatMap((entry) => [entry.name, ...entry.aliases].map((name) => [name, entry] as const)))

/** Looks up an aggregate or window function by name or alias, in any case. */
export const aggregateNamed = (name: string): AggregateFunction | undefined => BY_NAME.get(name.toLowerCase())

export const AGGREGATE_NAMES: readonly string[] = [...BY_NAME.keys()]
