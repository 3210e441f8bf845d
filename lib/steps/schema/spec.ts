/** schema: compares the sources with the required schema and with each other. */
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const schema = defineStep({
  kind: 'schema',
  shape: 'assess',
  summary: 'Compare the sources with the required schema and with each other.',
  description: `Compares the columns and types of every source with those of the other sources and with the required ones. Columns whose names differ
only in case, spaces or punctuation between files (\`Country/Region\`, \`Country_Region\`) are one column, and the step reports it. \`on_drift\`
defines what happens if a file has an extra column, lacks a column, or has another type in a column.

\`checks: [relationships]\` looks at columns that sources with different columns share and whose names end in \`id\`, \`key\` or \`code\`. Where such a column identifies the rows of one source (no value
is missing or repeated), each value in the other sources must be there. Values that are not are warnings with file and line, such as an order whose
customer is in no file; \`{{ check.result.orphans }}\` counts the rows.`,
  config,
  asksOfScan: ({ on_drift, checks }) =>
    on_drift.type_change === 'quarantine' && (checks === undefined || checks.includes('types')) ? { type_change: 'quarantine' } : {},
  readsRows: ({ checks }) => checks?.includes('relationships') === true,
  check: ({ checks, columns, required }) => [
    ...(checks !== undefined && !checks.includes('types') && columns !== undefined
      ? [{ path: ['columns'], what: '`columns` has no effect: `checks` has no types', hint: 'add types to `checks`' }]
      : []),
    ...(checks !== undefined && !checks.includes('required') && required !== undefined
      ? [{ path: ['required'], what: '`required` has no effect: `checks` has no required', hint: 'add required to `checks`' }]
      : []),
  ],
  result: {
    columns: 'Number of columns of the dataset.',
    drift: 'Number of differences between sources.',
    orphans: 'Rows with a key that is in no source it refers to; 0 if relationships are not checked.',
  },
  examples: [
    {
      title: 'Fail if a file lacks a column',
      yaml: 'id: check_schema\ntype: schema\nwith:\n  required: [order_id, order_date]\n  on_drift: {missing_column: fail}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).schemaBehaviour,
})
