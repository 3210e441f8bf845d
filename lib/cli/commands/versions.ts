/** versions: lists the versions of a pipeline. */
import { AWS_FLAGS, type Command, JSON_FLAG, ON_FLAG } from '#cli/arguments/command.ts'

export const versions: Command = {
  name: 'versions',
  summary: 'List the versions of a deployed pipeline, newest first.',
  description:
    'Each deployment that changes the machine or its functions makes a version. The live one is the version that new runs start with.',
  positionals: [{ name: 'PIPELINE', help: 'Id of the pipeline.', required: true }],
  flags: [ON_FLAG, ...AWS_FLAGS, JSON_FLAG],
  examples: [{ line: 'siftstep versions sales', what: 'List the versions of a pipeline.' }],
  run: async (args, terminal) => (await import('#cli/actions/versions.ts')).listVersions(args, terminal),
}
