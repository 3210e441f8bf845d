/** verify: check what the run has written so far. */
import { pathsOf } from '#steps/kind/addresses.ts'
import type { JsonObject } from '#core/json.ts'
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const verify = defineStep({
  kind: 'verify',
  shape: 'control',
  summary: 'Check that files were written and that all rows are accounted for.',
  description: `Looks at the files themselves, after they were published. The run fails with Quality.GateFailed if there are too few of them, if one is
empty, or if a file of this run no longer has the size that it was written with; it fails with Accounting.Imbalance if the rows read so far are not the rows
written, quarantined, removed as duplicates and filtered. Rules about the rows themselves are those of a \`validate\` step.`,
  config,
  // what a test publishes is elsewhere; the accounts are checked
  underTest: ({ files: _files, min_files: _least, ...settings }) => ({ settings: settings as JsonObject }),
  addresses: ({ files }) => pathsOf(files, ['files'], 'read'),
  result: {
    files: 'How many files were found.',
    bytes: 'Their size in bytes.',
    rows: 'Rows that this run has written to files so far.',
    balanced: 'Whether all rows are accounted for.',
    quality_score: 'The lowest quality score of the outputs published so far; null if nothing was published.',
  },
  examples: [
    {
      title: 'Three files, and no row lost',
      yaml: 'id: check_output\ntype: verify\nwith: {files: "processed/*.csv", min_files: 3}\n',
    },
    { title: 'The accounts only', yaml: 'id: accounts\ntype: verify\n' },
  ],
  load: async () => (await import('./behaviour.ts')).verifyBehaviour,
})
