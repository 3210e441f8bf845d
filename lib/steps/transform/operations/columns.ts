/** rename, cast, drop, select: names, types and choice of columns. */
import * as z from 'zod'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { columns, columnType, namedType } from '#steps/kind/fields.ts'
import { listed, only, withColumns, withoutColumns } from '#steps/kind/known-columns.ts'
import { defineRowOperation } from '../operation.ts'

export const rename = defineRowOperation({
  name: 'rename',
  summary: 'Rename columns.',
  config: z.record(z.string().min(1), z.string().min(1)).describe('Old names with the new ones.'),
  expressions: () => [],
  columns: (config) => ({
    reads: Object.keys(config).map((name) => ({ path: [name], name })),
    // names can be swapped, so remove the old ones first
    after: (known) => withColumns(withoutColumns(known, Object.keys(config)), Object.values(config)),
  }),
  lower: (config, context) => {
    const names = Object.fromEntries(Object.entries(config).map(([from, to]) => [existingColumn(from, context).name, to]))
    return [{ op: 'rename', origin: { step: context.step, rule: 'rename' }, names }]
  },
  examples: ['{old_column: new_column}'],
})

const types = z.record(z.string().min(1), columnType).describe('Column names with their types.')
const detailed = z.strictObject({
  columns: types,
  on_fail: z
    .enum(['warn', 'quarantine', 'fail'])
    .default('warn')
    .describe(
      'What to do with a row with a cell that loses its value: `warn` keeps the row and reports it, `quarantine` quarantines it, `fail` fails the run before anything is published.',
    ),
})

/** The settings of a cast in full. */
export const castSettings = (config: z.infer<typeof detailed> | z.infer<typeof types>) => {
  const { success, data } = detailed.safeParse(config)
  return success ? data : { columns: types.parse(config), on_fail: 'warn' as const }
}

export const cast = defineRowOperation({
  name: 'cast',
  summary:
    'Change the type of columns, like CAST in an expression. A value that does not fit the type becomes missing, and a number with a fraction is rounded to an integer. `on_fail` defines what happens to such rows; each is counted.',
  config: z.union([types, detailed]).describe('Column names with their types, or `{columns, on_fail}`.'),
  expressions: () => [],
  columns: (config) => {
    const { success } = detailed.safeParse(config)
    const path = success ? ['columns'] : []
    return { reads: Object.keys(castSettings(config).columns).map((name) => ({ path: [...path, name], name })) }
  },
  lower: (config, context) => {
    const { columns, on_fail } = castSettings(config)
    return Object.entries(columns).map(([name, type]) => {
      const to = namedType(type)
      const column = existingColumn(name, context).name
      return {
        op: 'cell',
        origin: { step: context.step, rule: 'cast' },
        column,
        cell: 'cast',
        options: { to },
        counted: true,
        ...(on_fail === 'quarantine' ? { quarantine: `${column} has no value of type ${to}` } : {}),
      }
    })
  },
  examples: ['{age: int64, salary: float64}', '{columns: {age: int64}, on_fail: quarantine}'],
})

export const drop = defineRowOperation({
  name: 'drop',
  summary: 'Remove columns.',
  config: columns.describe('The columns to remove.'),
  expressions: () => [],
  columns: (config) => ({ reads: listed(config), after: (known) => withoutColumns(known, config) }),
  lower: (config, context) => [
    { op: 'drop', origin: { step: context.step, rule: 'drop' }, columns: config.map((name) => existingColumn(name, context).name) },
  ],
  examples: ['[internal_note]'],
})

export const select = defineRowOperation({
  name: 'select',
  summary: 'Keep only these columns, in this order.',
  config: columns.describe('The columns to keep.'),
  expressions: () => [],
  columns: (config) => ({ reads: listed(config), after: () => only(config) }),
  lower: (config, context) => [
    { op: 'select', origin: { step: context.step, rule: 'select' }, columns: config.map((name) => existingColumn(name, context).name) },
  ],
  examples: ['[order_id, amount]'],
})
