/** destroy: removes a pipeline from AWS. */
import { AWS_FLAGS, type Command, ON_FLAG } from '#cli/arguments/command.ts'

export const destroy: Command = {
  name: 'destroy',
  summary: 'Remove a pipeline from AWS. Its data and runs stay.',
  positionals: [{ name: 'PIPELINE', help: 'Id of the pipeline.', required: true }],
  flags: [ON_FLAG, ...AWS_FLAGS, { name: 'yes', help: 'Confirm.' }],
  examples: [{ line: 'siftstep destroy sales --env staging --yes', what: 'Remove it from one environment.' }],
  run: async (args, terminal) => (await import('#cli/actions/destroy.ts')).destroyPipeline(args, terminal),
}
