/** function: a step of one's own. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { openTo, withColumns } from '#steps/kind/known-columns.ts'
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const functionStep = defineStep({
  kind: 'function',
  shape: 'own',
  summary: 'Work on rows with code of your own.',
  description: `The file exports a step: its name, the settings it takes, the columns it adds, and a function \`rows\` that gets some rows at a time and returns rows.
It may change cells, fill the columns that it declares, and send a row to quarantine with \`reject(row, reason)\`. Rows that it neither returns nor rejects
fail the run, and so do rows of more than it was given, unless it says \`fan_out: true\`. What is rejected is in quarantine with its reason, source and line.

The file is bundled with everything it imports, and the bundle is part of the pipeline: its hash is in the state machine, a run keeps it, a deployment takes it
along. Locally and on AWS it runs in a process of its own, which has no file, no program, no credentials and, without \`needs: ['http']\`, no network; it is
killed when a call takes too long or its memory is full. An error ends the task of the step with Function.Failed, and names the file, the step and the row.

Shorter: \`{id: place, uses: ./steps/geocode.ts, with: {column: address}}\`, where \`with\` holds the settings of the file. [Own steps](../../own-steps.md) shows how to write and test one.`,
  config,
  result: {
    rows: 'Rows in the output.',
    rejected: 'Rows that it rejected.',
    metrics: 'The numbers that it added up, by name.',
  },
  // what the file declares is known once it runs
  columns: ({ columns }) => [{ reads: [], after: (known) => withColumns(openTo(known), Object.keys(columns)) }],
  assets: () => [{ path: ['uses'], bundled: true, check: () => null }],
  secretMaps: ['secrets'],
  examples: [
    {
      title: 'A step with settings of its own',
      yaml: 'id: place\ntype: function\nwith: {uses: ./steps/geocode.ts, settings: {column: address, country: CH}}\n',
    },
    {
      title: 'Columns in the definition, and a secret',
      yaml: 'id: place\ntype: function\nwith:\n  uses: ./steps/geocode.ts\n  settings: {column: address}\n  columns: {lat: float, lon: float}\n  secrets: {API_KEY: "${secret.GEOCODER_KEY}"}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).functionBehaviour,
})
