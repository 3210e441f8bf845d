/** stats: figures of the run so far. */
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const stats = defineStep({
  kind: 'stats',
  shape: 'control',
  summary: 'Show figures of the run: duration, rows, speedup, disk usage.',
  description: `Shows figures of everything that has happened in the run so far, and passes them on as results, for notifications and conditions. Put it last.
It changes nothing and never fails the run; limits on figures are alerts of a \`monitor\` step.`,
  config,
  result: {
    duration_seconds: 'Seconds since the run started.',
    rows_in: 'Rows read.',
    rows_out: 'Rows written.',
    rows_quarantined: 'Rows quarantined.',
    speedup: 'Time of all tasks divided by the duration.',
    bytes_in: 'Bytes read.',
    bytes_out: 'Bytes published.',
    bytes_stored: 'Bytes that the run keeps in the store.',
  },
  examples: [
    { title: 'Everything', yaml: 'id: figures\ntype: stats\n' },
    { title: 'Some figures', yaml: 'id: figures\ntype: stats\nwith: {show: [duration, rows, speedup, disk_usage]}\n' },
  ],
  load: async () => (await import('./behaviour.ts')).statsBehaviour,
})
