/** schema: hold the sources against the schema they must have, and against each other. */
import * as z from 'zod'
import { TYPE_SPELLINGS } from '../../relation/types.ts'
import { columns } from '../fields.ts'
import { defineStep } from '../step.ts'

export const schema = defineStep({
  kind: 'schema',
  shape: 'measure',
  summary: 'Hold the sources against the schema they must have, and against each other.',
  description: `Compares the columns and types of every source with those of the others and with what is required. Columns whose names differ
only in case, spaces or punctuation between files (\`Country/Region\`, \`Country_Region\`) are one column, and the step says so. \`on_drift\`
decides what happens when a file has a column others lack, lacks one others have, or holds another type of value.`,
  config: z.strictObject({
    required: columns.optional().describe('Columns every source must have.'),
    columns: z
      .record(z.string(), z.enum(Object.keys(TYPE_SPELLINGS) as [string, ...string[]]))
      .optional()
      .describe('Columns the dataset must have, with their types.'),
    on_drift: z
      .strictObject({
        new_column: z.enum(['evolve', 'fail']).default('evolve').describe('A column only some sources have: keep it, or fail.'),
        missing_column: z
          .enum(['fill', 'fail'])
          .default('fill')
          .describe('A column some sources lack: fill it with missing values there, or fail.'),
        type_change: z.enum(['widen', 'fail']).default('widen').describe('Sources disagree on a type: take the wider type, or fail.'),
      })
      .prefault({})
      .describe('What to do when sources differ.'),
  }),
  result: { columns: 'How many columns the dataset has.', drift: 'How many differences between sources were found.' },
  examples: [
    {
      title: 'Refuse files that lack a key',
      yaml: 'id: check_schema\ntype: schema\nwith:\n  required: [order_id, order_date]\n  on_drift: {missing_column: fail}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).schemaBehaviour,
})
