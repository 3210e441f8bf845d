/** schema: hold the sources against the schema they must have, and against each other. */
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const schema = defineStep({
  kind: 'schema',
  shape: 'assess',
  summary: 'Hold the sources against the schema they must have, and against each other.',
  description: `Compares the columns and types of every source with those of the others and with what is required. Columns whose names differ
only in case, spaces or punctuation between files (\`Country/Region\`, \`Country_Region\`) are one column, and the step says so. \`on_drift\`
decides what happens when a file has a column others lack, lacks one others have, or holds another type of value.`,
  config,
  result: { columns: 'How many columns the dataset has.', drift: 'How many differences between sources were found.' },
  examples: [
    {
      title: 'Refuse files that lack a key',
      yaml: 'id: check_schema\ntype: schema\nwith:\n  required: [order_id, order_date]\n  on_drift: {missing_column: fail}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).schemaBehaviour,
})
