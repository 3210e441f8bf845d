/** sort, aggregate, pivot, join, window: operations across rows. */
import * as z from 'zod'
import type { ComputedColumn, SortKey } from '#relational/operations/ops.ts'
import { keyMatch, keyMatchFields } from '#steps/kind/key-match.ts'
import { boundExpression } from '#steps/kind/bound-expression.ts'
import { withPath } from '#core/errors/errors.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { column, columns, rowExpression, text } from '#steps/kind/fields.ts'
import type { LowerContext } from '#steps/kind/lower-context.ts'
import type { ExpressionUse } from '#steps/kind/expression-use.ts'
import { ANY_COLUMNS, listed, type NamedColumn, only, withColumns } from '#steps/kind/known-columns.ts'
import { defineAcrossOperation, usesOf } from '../operation.ts'

const sortKey = z.union([
  column,
  z.strictObject({
    column: column.describe('The column.'),
    order: z.enum(['asc', 'desc']).default('asc').describe('Ascending or descending.'),
  }),
])
const sortKeys = z.array(sortKey).min(1)
const computed = z.record(z.string().min(1), rowExpression)

const keysOf = (keys: z.infer<typeof sortKeys>, context: LowerContext): SortKey[] =>
  keys.map((key) => ({
    column: existingColumn(typeof key === 'string' ? key : key.column, context).name,
    order: typeof key === 'string' ? 'asc' : key.order,
  }))

const sortedBy = (keys: z.infer<typeof sortKeys>, path: readonly string[]): readonly NamedColumn[] =>
  keys.map((key, at) =>
    typeof key === 'string' ? { path: [...path, at], name: key } : { path: [...path, at, 'column'], name: key.column },
  )

const computedOf = (
  settings: z.infer<typeof computed>,
  context: LowerContext,
  use: Pick<ExpressionUse, 'mode' | 'grouped'>,
): ComputedColumn[] =>
  Object.entries(settings).map(([name, setting]) => ({
    name,
    ...withPath(['columns', name], () => boundExpression(setting, context, use)),
  }))

export const sort = defineAcrossOperation({
  name: 'sort',
  summary: 'Sort the rows. Equal rows keep their order; missing values come last.',
  config: sortKeys.describe('The columns to sort by, or `{column, order}`.'),
  expressions: () => [],
  columns: (config) => ({ reads: sortedBy(config, []) }),
  lower: (config, context) => [{ op: 'sort', origin: { step: context.step, rule: 'sort' }, by: keysOf(config, context) }],
  examples: ['[country, {column: amount, order: desc}]'],
})

export const aggregate = defineAcrossOperation({
  name: 'aggregate',
  summary: 'Compute one row per group.',
  config: z.strictObject({
    by: z.array(column).default([]).describe('The columns to group by (default: one group for the whole dataset).'),
    columns: computed.describe('New columns with aggregate expressions: sum(amount), count(*), avg(price).'),
  }),
  expressions: ({ by, columns: made }) => usesOf(made, 'aggregate', ['columns']).map((use) => ({ ...use, grouped: by })),
  columns: ({ by, columns: made }) => ({ reads: listed(by, ['by']), after: () => only([...by, ...Object.keys(made)]) }),
  lower: (config, context) => {
    const by = config.by.map((name) => existingColumn(name, context).name)
    const columns = computedOf(config.columns, context, { mode: 'aggregate', grouped: by })
    return [{ op: 'aggregate', origin: { step: context.step, rule: 'aggregate' }, by, columns }]
  },
  examples: ['{by: [region], columns: {total: sum(amount), orders: count(*)}}'],
})

export const pivot = defineAcrossOperation({
  name: 'pivot',
  summary: 'Turn the values of a column into columns.',
  config: z.strictObject({
    rows: columns.describe('The columns to keep, with one row per combination of their values.'),
    column: column.describe('The column whose values become columns.'),
    value: rowExpression.describe('The aggregate expression for the new columns: sum(amount).'),
  }),
  expressions: ({ value, rows, column: across }) => [{ path: ['value'], text: value, mode: 'aggregate', grouped: [...rows, across] }],
  // the values of a column can be any names
  columns: ({ rows, column: across }) => ({
    reads: [...listed(rows, ['rows']), { path: ['column'], name: across }],
    after: () => ANY_COLUMNS,
  }),
  lower: (config, context) => {
    const rows = config.rows.map((name) => existingColumn(name, context).name)
    const across = existingColumn(config.column, context).name
    const value = withPath(['value'], () => boundExpression(config.value, context, { mode: 'aggregate', grouped: [...rows, across] }))
    return [
      {
        op: 'pivot',
        origin: { step: context.step, rule: 'pivot' },
        rows,
        column: across,
        value: { name: 'value', ...value },
      },
    ]
  },
  examples: ['{rows: [region], column: month, value: sum(amount)}'],
})

export const join = defineAcrossOperation({
  name: 'join',
  summary: 'Add columns of another file by key. A row with several matches becomes several rows; the ledger counts them.',
  config: z.strictObject({
    source: text.min(1).describe('The other file.'),
    on: z
      .array(
        z.union([
          column,
          z.strictObject({ left: column.describe('The column of the rows.'), right: column.describe('The column of the other file.') }),
        ]),
      )
      .min(1)
      .describe('The key: columns with the same name in both, or `{left, right}`.'),
    kind: z
      .enum(['left', 'inner'])
      .default('left')
      .describe('`left` keeps rows without a match; `inner` removes them, counted as filtered.'),
    columns: columns.optional().describe('The columns to add (default: all except the key).'),
    ...keyMatchFields,
  }),
  expressions: () => [],
  reads: ({ source }) => [source],
  // the columns of the other file are known when it is read
  columns: ({ on }) => ({
    reads: on.map((key, at) => (typeof key === 'string' ? { path: ['on', at], name: key } : { path: ['on', at, 'left'], name: key.left })),
    after: () => ANY_COLUMNS,
  }),
  lower: (config, context) => [
    {
      op: 'join',
      origin: { step: context.step, rule: 'join' },
      kind: config.kind,
      source: config.source,
      on: config.on.map((key) => {
        const pair = typeof key === 'string' ? { left: key, right: key } : key
        return { left: existingColumn(pair.left, context).name, right: pair.right }
      }),
      ...(config.columns === undefined ? {} : { columns: config.columns }),
      ...keyMatch(config),
    },
  ],
  examples: ['{source: data/customers.csv, on: [customer_id], columns: [segment]}'],
})

export const window = defineAcrossOperation({
  name: 'window',
  summary:
    'Add columns computed over a partition: totals, running totals, ranks, values of the previous row. As in SQL, functions see a frame: without `order_by` the whole partition, with it the rows from the start of the partition to the current row and those with the same key. Rows with the same key keep their order.',
  config: z.strictObject({
    partition_by: z.array(column).default([]).describe('The columns to partition by (default: one partition for the whole dataset).'),
    order_by: sortKeys
      .optional()
      .describe('The order within a partition, missing values last. With it, totals are running totals; without it, all ranks are 1.'),
    columns: computed.describe('New columns with window expressions: row_number(), sum(amount), lag(price).'),
  }),
  expressions: (config) => usesOf(config.columns, 'window', ['columns']),
  columns: (config) => ({
    reads: [...listed(config.partition_by, ['partition_by']), ...sortedBy(config.order_by ?? [], ['order_by'])],
    after: (known) => withColumns(known, Object.keys(config.columns)),
  }),
  lower: (config, context) => [
    {
      op: 'window',
      origin: { step: context.step, rule: 'window' },
      partition_by: config.partition_by.map((name) => existingColumn(name, context).name),
      order_by: config.order_by === undefined ? [] : keysOf(config.order_by, context),
      columns: computedOf(config.columns, context, { mode: 'window' }),
    },
  ],
  examples: [
    '{partition_by: [customer_id], order_by: [order_date], columns: {nth: row_number(), running: sum(amount)}}',
    '{partition_by: [region], columns: {share: amount / sum(amount)}}',
  ],
})
