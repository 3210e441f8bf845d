/** The registry of functions over several rows: aggregates, which also work over a window, and those that need a window. */
import type { Json } from '#core/json.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { finite } from '#relational/types/conversion.ts'
import { tidy } from './decimals.ts'
import { arg, type CallParts, type FunctionParameter } from './function.ts'
import { commonResult, numberResult, type ValueType } from './types.ts'

export interface AggregateFunction {
  readonly name: string
  readonly aliases: readonly string[]
  readonly parameters: readonly FunctionParameter[]
  readonly result: ColumnType | ((types: readonly ValueType[]) => ValueType)
  /** Whether it can stand over a group of rows; all can stand over a window. */
  readonly group: boolean
  /** Whether its value depends on the order of the rows. */
  readonly ordered: boolean
  /** Whether it tells of one place in the order of the partition, where equal rows stand one after another; the others see the frame as a whole. */
  readonly placed?: true
  readonly doc: string
  /** Over EXAMPLE_ROWS: one value for the group, or for a window ordered by `day` one value for each row. */
  readonly example: { readonly expression: string; readonly result: Json }
  /** DuckDB SQL; every aggregate in it passes through `over`, which adds FILTER, ORDER BY and OVER. */
  readonly sql: (call: CallParts, over: (aggregate: string) => string) => string
}

/** The rows the examples of this file are about. */
export const EXAMPLE_ROWS: readonly { readonly [column: string]: Json }[] = [
  { day: '2024-01-01', region: 'north', amount: 10 },
  { day: '2024-01-02', region: 'south', amount: 20 },
  { day: '2024-01-03', region: 'north', amount: 60 },
  { day: '2024-01-04', region: 'south', amount: null },
]

const NUMBER: FunctionParameter = { name: 'number', kind: 'number' }
const DECIMAL: FunctionParameter = { name: 'number', kind: 'decimal' }
const ANY: FunctionParameter = { name: 'value', kind: 'any' }

const firstType = (types: readonly ValueType[]) => commonResult(types.slice(0, 1))

/** Passes its value's type on: min, first, lag … */
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

/** DuckDB fails where the square of a number overflows, so numbers beyond 1e150 make the result NULL. */
const spread = (name: string, sql: string, doc: string, result: number, aliases: readonly string[]): AggregateFunction => ({
  name,
  aliases,
  parameters: [DECIMAL],
  result: 'decimal',
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
  order: Pick<AggregateFunction, 'ordered' | 'placed'>,
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
  placed: true,
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
    doc: 'The number of rows, as count(*); of values that are not missing, as count(x); of different values, as count(DISTINCT x).',
    example: { expression: 'count(amount)', result: 3 },
    sql: (call, over) => over(`count(${call.args[0] ?? '*'})`),
  },
  {
    name: 'sum',
    aliases: [],
    parameters: [NUMBER],
    result: numberResult,
    group: true,
    ordered: false,
    doc: 'The sum, missing when there is no value or an integer sum leaves 64 bits.',
    example: { expression: 'sum(amount)', result: 90 },
    // fsum compensates rounding errors, so that the order of the rows does not show
    sql: (call, over) =>
      call.types[0] === 'integer' ? `TRY_CAST(${over(`sum(${arg(call, 0)})`)} AS BIGINT)` : tidy(over(`fsum(${arg(call, 0)})`), call.once),
  },
  {
    name: 'avg',
    aliases: ['mean'],
    parameters: [NUMBER],
    result: 'decimal',
    group: true,
    ordered: false,
    doc: 'The mean of the values that are not missing.',
    example: { expression: 'avg(amount)', result: 30 },
    sql: (call, over) => tidy(over(`${call.types[0] === 'integer' ? 'avg' : 'favg'}(${arg(call, 0)})`), call.once),
  },
  selecting('min', 'The smallest value.', { expression: 'min(amount)', result: 10 }, { ordered: false }),
  selecting('max', 'The largest value.', { expression: 'max(region)', result: 'south' }, { ordered: false }),
  {
    name: 'median',
    aliases: [],
    parameters: [DECIMAL],
    result: 'decimal',
    group: true,
    ordered: false,
    doc: 'The middle value, or the mean of the two in the middle.',
    example: { expression: 'median(amount)', result: 20 },
    sql: (call, over) => finite(over(`median(${arg(call, 0)})`), call.once),
  },
  {
    name: 'quantile',
    aliases: ['percentile', 'quantile_cont'],
    parameters: [DECIMAL, { name: 'share', kind: 'share' }],
    result: 'decimal',
    group: true,
    ordered: false,
    doc: 'The value below which a share (from 0 to 1) of the values lies, interpolated.',
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
  selecting('any_value', 'The first value that is not missing.', { expression: 'any_value(amount)', result: 10 }),
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
    doc: 'The texts one after another with a separator between them (a comma unless said otherwise).',
    example: { expression: "string_agg(region, ' ')", result: 'north south north south' },
    sql: (call, over) => over(`string_agg(${arg(call, 0)}, ${call.args[1] ?? "','"})`),
  },
  numbering(
    'row_number',
    'The number of the row in its partition, from 1; rows with equal keys in the order they have.',
    { expression: 'row_number()', result: [1, 2, 3, 4] },
    { ordered: true, placed: true },
  ),
  numbering(
    'rank',
    'The rank of the row by the keys of `order_by`; rows with equal keys share one and leave gaps after it. Without `order_by` all rows are equal.',
    { expression: 'rank()', result: [1, 2, 3, 4] },
    { ordered: false },
  ),
  numbering(
    'dense_rank',
    'The rank of the row by the keys of `order_by`; rows with equal keys share one, without gaps.',
    { expression: 'dense_rank()', result: [1, 2, 3, 4] },
    { ordered: false },
  ),
  shifted('lag', 'The value of an earlier row: the one before, or as many rows before as said; outside the partition the third argument.', {
    expression: 'lag(amount, 1, 0)',
    result: [0, 10, 20, 60],
  }),
  shifted('lead', 'The value of a later row: the next, or as many rows after as said; outside the partition the third argument.', {
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

/** The aggregate or window function of a name or alias, in any case. */
export const aggregateNamed = (name: string): AggregateFunction | undefined => BY_NAME.get(name.toLowerCase())

export const AGGREGATE_NAMES: readonly string[] = [...BY_NAME.keys()]
