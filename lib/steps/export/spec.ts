/** export: writes the rows, then publishes them in one move. */
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const exportStep = defineStep({
  kind: 'export',
  shape: 'sink',
  summary: 'Write the rows, then publish all files at once.',
  description: `Each chunk is written to the run's workspace. When the ledger balances and every gate passes, the files appear in \`to\` together and
\`_manifest.json\` lists them. The next run replaces these files and touches nothing else; a folder with files that this pipeline did not
write is an error. Rows are in the order of the sources. Files are named by their content, so the same output has the same names.`,
  config,
  result: { rows: 'Rows published.', bytes: 'Bytes published.', files: 'Number of files.', manifest: 'Address of the manifest.' },
  examples: [{ title: 'Parquet into a folder', yaml: 'id: publish\ntype: export\nwith: {to: processed/sales, format: parquet}\n' }],
  load: async () => (await import('./behaviour.ts')).exportBehaviour,
})
