/** schema: compares the sources with the required schema and with each other. */
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const schema = defineStep({
  kind: 'schema',
  shape: 'assess',
  summary: 'Compare the sources with the required schema and with each other.',
  description: `Compares the columns and types of every source with those of the other sources and with the required ones. Columns whose names differ
only in case, spaces or punctuation between files (\`Country/Region\`, \`Country_Region\`) are one column, and the step reports it. \`on_drift\`
defines what happens if a file has an extra column, lacks a column, or has another type in a column.`,
  config,
  result: { columns: 'Number of columns of the dataset.', drift: 'Number of differences between sources.' },
  examples: [
    {
      title: 'Fail if a file lacks a column',
      yaml: 'id: check_schema\ntype: schema\nwith:\n  required: [order_id, order_date]\n  on_drift: {missing_column: fail}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).schemaBehaviour,
})
