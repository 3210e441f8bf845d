/** export: write the rows, then publish them all at once. */
import { defineStep } from '#steps/kind/step.ts'
import type { Json } from '#core/json.ts'
import { pathsOf } from '#steps/kind/addresses.ts'
import { config } from './config.ts'
import { problemsOf } from './destination.ts'

export const exportStep = defineStep({
  kind: 'export',
  shape: 'sink',
  summary: 'Write the rows, then publish them all at once.',
  description: `Each chunk is written to the run's own place; when the ledger balances and every gate holds, the files appear in \`to\` together and
\`_manifest.json\` names them. A second run replaces the files of the first and touches nothing else; a folder that holds files this pipeline did not
write is refused. Rows stand in the order of the sources. Files are named by their content, so the same run twice writes the same names.

A name of a file such as \`out/sales.csv\` writes that one file, replacing it in one step; \`{source.name}\` in it writes one file for each source:
\`out/{source.name}.csv\`. A slash at the end makes it a folder. A table, \`sqlite://data/shop.db/orders\` or \`{connection: warehouse, table: orders}\`,
is created with the types of the columns and changed in one transaction; \`mode\` says what becomes of the rows in it. A run that is resumed publishes once.`,
  config,
  addresses: ({ to }) => pathsOf(to as Json, ['to'], 'write'),
  check: problemsOf,
  result: { rows: 'Rows published.', bytes: 'Bytes published.', files: 'How many files.', manifest: 'Where the manifest is; null for a table or a file.' },
  examples: [
    { title: 'Parquet into a folder', yaml: 'id: publish\ntype: export\nwith: {to: processed/sales, format: parquet}\n' },
    { title: 'One CSV file', yaml: 'id: publish\ntype: export\nwith: {to: processed/sales.csv}\n' },
    {
      title: 'Rows of a table, by key',
      yaml: 'id: publish\ntype: export\nwith: {to: "sqlite://data/warehouse.db/sales", mode: merge, keys: [order_id]}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).exportBehaviour,
})
