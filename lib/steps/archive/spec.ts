/** archive: moves the files that were read to another folder. */
import type { JsonObject } from '#core/json.ts'
import { pathsOf } from '#steps/kind/addresses.ts'
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const archive = defineStep({
  kind: 'archive',
  shape: 'control',
  summary: 'Move or copy the files that were read to an archive, and verify each copy.',
  description: `Works on a list of files, not on a pattern: a file that arrived after the run has read its sources stays where it is. Each file is copied, the copy is read
back and compared by SHA-256, and only then the original is removed. A file that was written again since it was read is an error, and so is a file of that
name with other content in the archive; nothing is overwritten. A step that is retried, or a run that is resumed, goes on with the files that are left.
The list of an export has at most about 400 files; with more it is null, and the step fails.
On AWS the pipeline may write to the prefix of \`to\`; to remove the originals, their prefix must be among the outputs that are granted when it is deployed.`,
  config,
  // what a step of the run lists are the files of the test; a text in the expression can be any file
  underTest: (settings) =>
    typeof settings.files === 'string' && !/['"]|\$inputs|\$states/.test(settings.files)
      ? { settings: settings as JsonObject }
      : { refused: 'it moves files that are named in the definition or in an input' },
  addresses: ({ to }) => pathsOf(to, ['to'], 'write'),
  result: {
    files: 'Number of files archived.',
    bytes: 'Their size in bytes.',
  },
  examples: [
    {
      title: 'What was published goes to a folder of the day',
      yaml: 'id: keep\ntype: archive\nwith: {files: [incoming/orders.csv], to: "archive/{{ ds_nodash }}/", verify: checksum}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).archiveBehaviour,
})
