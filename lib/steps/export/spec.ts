/** export: write the rows, then publish them all at once. */
import { defineStep } from '#steps/kind/step.ts'
import { WRITERS, WRITTEN_COMPRESSIONS } from '#io/formats/writers/index.ts'
import { config } from './config.ts'

export const exportStep = defineStep({
  kind: 'export',
  shape: 'sink',
  summary: 'Write the rows, then publish them all at once.',
  description: `Each chunk is written to the run's own place; when the ledger balances and every gate holds, the files appear in \`to\` together and
\`_manifest.json\` names them. A second run replaces the files of the first and touches nothing else; a folder that holds files this pipeline did not
write is refused. Rows stand in the order of the sources. Files are named by their content, so the same run twice writes the same names.`,
  config,
  check: ({ format, compression }) => {
    const writer = WRITERS.find(({ name }) => name === format)
    // a reference is none of them, and is checked when it is resolved
    const isKnown = compression !== undefined && WRITTEN_COMPRESSIONS.includes(compression)
    if (writer === undefined || !isKnown || writer.compressions.includes(compression)) return []
    return [
      {
        path: ['compression'],
        what: `${compression} cannot be the compression of ${writer.name} files`,
        hint: `it must be ${writer.compressions.join(', ')}`,
      },
    ]
  },
  result: { rows: 'Rows published.', bytes: 'Bytes published.', files: 'How many files.', manifest: 'Where the manifest is.' },
  examples: [{ title: 'Parquet into a folder', yaml: 'id: publish\ntype: export\nwith: {to: processed/sales, format: parquet}\n' }],
  load: async () => (await import('./behaviour.ts')).exportBehaviour,
})
