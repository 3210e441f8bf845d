/** lineage: write down where every column came from, as OpenLineage events. */
import * as z from 'zod'
import { flag, text } from '../fields.ts'
import { defineStep } from '../step.ts'

export const lineage = defineStep({
  kind: 'lineage',
  shape: 'whole',
  summary: 'Write down where the output and each of its columns came from, as OpenLineage events.',
  description: `Writes \`lineage.openlineage.jsonl\` beside the run: a START and a COMPLETE event with the sources, the output, their schemas, the row and
byte counts, the data quality metrics, and for each output column the input columns it was made of and how.`,
  config: z.strictObject({
    namespace: text.default('siftstep').describe('The OpenLineage namespace of the job.'),
    columns: flag.default(true).describe('Whether to trace single columns.'),
  }),
  result: { events: 'How many events were written.', columns: 'How many output columns were traced.' },
  examples: [{ title: 'Lineage under a namespace of your own', yaml: 'id: track_lineage\ntype: lineage\nwith: {namespace: acme-sales}\n' }],
  load: async () => (await import('./behaviour.ts')).lineageBehaviour,
})
