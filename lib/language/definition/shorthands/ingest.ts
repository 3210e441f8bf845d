/** ingest: read a source, and keep a copy of it as it is. */
import * as z from 'zod'
import { kept, mapping } from '../dialects/parts.ts'
import { finding, publishing, SOURCE, SOURCE_KEYS, TARGET } from './settings.ts'
import type { Shorthand } from './shorthand.ts'

export const ingest: Shorthand = {
  kind: 'ingest',
  summary: 'Read a source, and publish its rows as they were read.',
  description: `Short for a discover step, \`<id>_find\`, and an export step with the id of the step. Later steps read the rows of the source, whose columns have
types by then. Without \`to\` it is a discover step.`,
  config: z.strictObject({
    ...SOURCE,
    ...TARGET,
    to: TARGET.to.optional().describe('Where the copy goes, as in an export step. Without it, nothing is published.'),
  }),
  examples: [
    { title: 'Keep what was delivered', yaml: 'id: extract\ntype: ingest\nwith: {source: incoming/*.csv, to: raw/orders.json}\n' },
  ],
  steps: (settings) => {
    const [first = { role: 'find', type: 'discover', with: mapping(settings, kept(settings, SOURCE_KEYS)) }] = finding(settings)
    return [first, ...publishing(settings)]
  },
}
