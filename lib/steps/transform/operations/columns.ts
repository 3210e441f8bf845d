/** rename, cast, drop, select: which columns there are and what they are called. */
import * as z from 'zod'
import { TYPE_SPELLINGS } from '../../../relation/types.ts'
import { existingColumn } from '../../choose-columns.ts'
import { columns } from '../../fields.ts'
import { listed, only, withColumns, withoutColumns } from '../../known-columns.ts'
import { defineRowOperation } from '../operation.ts'

export const rename = defineRowOperation({
  name: 'rename',
  summary: 'Give columns other names.',
  config: z.record(z.string().min(1), z.string().min(1)).describe('Old names with the new ones.'),
  expressions: () => [],
  columns: (config) => ({
    reads: Object.keys(config).map((name) => ({ path: [name], name })),
    // names may be swapped, so the old ones go first
    after: (known) => withColumns(withoutColumns(known, Object.keys(config)), Object.values(config)),
  }),
  lower: (config, context) => {
    const names = Object.fromEntries(Object.entries(config).map(([from, to]) => [existingColumn(from, context).name, to]))
    return [{ op: 'rename', origin: { step: context.step, rule: 'rename' }, names }]
  },
  examples: ['{old_column: new_column}'],
})

export const cast = defineRowOperation({
  name: 'cast',
  summary: 'Give columns another type; a cell that has no value of that type becomes missing and is counted.',
  config: z
    .record(z.string().min(1), z.enum(Object.keys(TYPE_SPELLINGS) as [string, ...string[]]))
    .describe('Column names with their types.'),
  expressions: () => [],
  columns: (config) => ({ reads: Object.keys(config).map((name) => ({ path: [name], name })) }),
  lower: (config, context) =>
    Object.entries(config).map(([name, type]) => ({
      op: 'cell',
      origin: { step: context.step, rule: 'cast' },
      column: existingColumn(name, context).name,
      cell: 'cast',
      options: { to: TYPE_SPELLINGS[type] ?? 'text' },
      counted: true,
    })),
  examples: ['{age: int64, salary: float64}'],
})

export const drop = defineRowOperation({
  name: 'drop',
  summary: 'Leave columns out.',
  config: columns.describe('The columns to leave out.'),
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
