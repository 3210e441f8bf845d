/** map and drop: what you know better than any rule. */
import * as z from 'zod'
import { column, columns } from '../../fields.ts'
import { defineCleaner } from '../cleaner.ts'
import { existingColumn } from '../../choose-columns.ts'

export const map = defineCleaner({
  name: 'map',
  summary: 'Replace given values of a column by given others.',
  config: z.strictObject({
    column: column.describe('The column.'),
    values: z.record(z.string(), z.union([z.string(), z.null()])).describe('What each value becomes; null makes it missing.'),
  }),
  needs: () => ({ facts: false, key_sets: [] }),
  lower: (config, context) => [
    {
      op: 'cell',
      origin: { step: context.step, rule: 'map' },
      column: existingColumn(config.column, context).name,
      cell: 'replace_values',
      options: { values: config.values },
      counted: true,
    },
  ],
  examples: ['{column: country, values: {UK: United Kingdom, GB: United Kingdom}}'],
})

export const drop = defineCleaner({
  name: 'drop',
  summary: 'Leave columns out.',
  config: columns.describe('The columns to leave out.'),
  needs: () => ({ facts: false, key_sets: [] }),
  lower: (config, context) => [
    { op: 'drop', origin: { step: context.step, rule: 'drop' }, columns: config.map((name) => existingColumn(name, context).name) },
  ],
  examples: ['[internal_note, row_hash]'],
})
