/** map and drop: replace given values, and leave columns out. */
import * as z from 'zod'
import { fits } from '#relational/types/fits.ts'
import { TaskError } from '#core/errors/errors.ts'
import { column, columns } from '#steps/kind/fields.ts'
import { listed, withoutColumns } from '#steps/kind/known-columns.ts'
import { defineCleaner } from '../cleaner.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'

export const map = defineCleaner({
  name: 'map',
  summary: 'Replace given values of a column.',
  config: z.strictObject({
    column: column.describe('The column.'),
    values: z.record(z.string(), z.union([z.string(), z.null()])).describe('Old values with the new ones; null makes the cell missing.'),
  }),
  needs: () => ({ facts: false, key_sets: [] }),
  changes: () => true,
  lower: ({ column: wanted, values }, context) => {
    const { name, type } = existingColumn(wanted, context)
    const unfit = Object.entries(values)
      .flat()
      .find((value) => value !== null && !fits(value, type))
    if (unfit != null)
      throw new TaskError('Definition.InvalidSetting', `map has the value "${unfit}", but column "${name}" has type ${type}`, {
        step: context.step,
        hint: `use values of type ${type}, or read the column as text: \`types: {${name}: text}\` in the discover step`,
      })
    return [
      { op: 'cell', origin: { step: context.step, rule: 'map' }, column: name, cell: 'replace_values', options: { values }, counted: true },
    ]
  },
  examples: ['{column: country, values: {UK: United Kingdom, GB: United Kingdom}}'],
})

export const drop = defineCleaner({
  name: 'drop',
  summary: 'Remove columns.',
  config: columns.describe('The columns to remove.'),
  needs: () => ({ facts: false, key_sets: [] }),
  changes: () => false,
  columns: (names) => ({ reads: listed(names), after: (known) => withoutColumns(known, names) }),
  lower: (config, context) => [
    { op: 'drop', origin: { step: context.step, rule: 'drop' }, columns: config.map((name) => existingColumn(name, context).name) },
  ],
  examples: ['[internal_note, row_hash]'],
})
