/** destroy: a pipeline on AWS. */
import { AWS_FLAGS, type Command, ON_FLAG } from '#cli/arguments/command.ts'

export const destroy: Command = {
  name: 'destroy',
  summary: 'Take a pipeline away from AWS; its data and its runs stay.',
  positionals: [{ name: 'PIPELINE', help: 'Its id.', required: true }],
  flags: [ON_FLAG, ...AWS_FLAGS, { name: 'yes', help: 'That it is really meant.' }],
  examples: [{ line: 'siftstep destroy sales --env staging --yes', what: 'From one environment.' }],
  run: async (args, terminal) => (await import('#cli/actions/destroy.ts')).destroyPipeline(args, terminal),
}
