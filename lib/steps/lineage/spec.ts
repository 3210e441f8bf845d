/** lineage: write down where every column came from, as OpenLineage events. */
import { defineStep } from '../step.ts'
import { config } from './config.ts'

export const lineage = defineStep({
  kind: 'lineage',
  shape: 'whole',
  summary: 'Write down where the output and each of its columns came from, as OpenLineage events.',
  description: `Writes \`lineage.openlineage.jsonl\` beside the run: a START and a COMPLETE event with the sources, the output, their schemas, the row and
byte counts, the data quality metrics, and for each output column the input columns it was made of and how.`,
  config,
  result: { events: 'How many events were written.', columns: 'How many output columns were traced.' },
  examples: [{ title: 'Lineage under a namespace of your own', yaml: 'id: track_lineage\ntype: lineage\nwith: {namespace: acme-sales}\n' }],
  load: async () => (await import('./behaviour.ts')).lineageBehaviour,
})
