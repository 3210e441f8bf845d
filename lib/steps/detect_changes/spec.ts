/** detect_changes: only the rows that are newer than what earlier runs have processed. */
import { listed } from '#steps/kind/known-columns.ts'
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const detectChanges = defineStep({
  kind: 'detect_changes',
  shape: 'rows',
  summary: 'Only the rows that are newer than what earlier runs have processed.',
  description: `Keeps a high-water mark for the pipeline: the largest value of \`column\` that a run has read and published. Rows above the mark go on, all others
are counted as filtered, so the account of each run balances over everything that was read. The first run has no mark and passes all rows on. Rows without
a value in the column go to quarantine: whether they are new is unknown.

The mark moves when the run publishes its output, and not before. A run that fails or is stopped leaves it where it was, and a run that is resumed ends with
both. Of two runs that start from the same mark, the second to publish fails with \`Output.Conflict\`. With more than one export, the mark moves at the end of
a run in which no step failed.

A row whose value equals the mark counts as processed. Where rows can come late or share a value with the mark, set \`lookback\`; rows within it pass in
more than one run, so remove duplicates by key, or use \`late: quarantine\` to look at them.

With \`since\` the earlier of it and the mark counts, so that it can read more again, and never skip what no run has processed. \`state.high_water_mark\` gives the column and the lookback
of steps that do not have them. With \`keys\` a record that changed several times passes once, as an export with \`mode: merge\` needs it.

A run without new rows passes no row on, and an export without rows publishes an empty table. To publish nothing, give the export
\`condition: "{{ new_rows.result.count }} > 0"\`.`,
  config,
  result: {
    count: 'How many rows are new.',
    since: 'The mark that earlier runs left; null in the first run.',
    until: 'The mark that this run leaves; null when no row has a value.',
  },
  usesMark: true,
  remembers: () => true,
  passesOnlyNew: () => true,
  needs: ({ keys }) => ({ facts: true, key_sets: keys === undefined ? [] : [{ columns: keys, keep: 'last' }] }),
  columns: ({ column, keys = [] }) => [{ reads: [{ path: ['column'], name: column }, ...listed(keys, ['keys'])] }],
  examples: [
    {
      title: 'New and changed orders',
      yaml: 'id: new_rows\ntype: detect_changes\nwith:\n  column: updated_at\n  lookback: 1h\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).detectChangesBehaviour,
})
