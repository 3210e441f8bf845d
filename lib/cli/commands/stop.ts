/** stop: stops a run on AWS. */
import { AWS_FLAGS, type Command, ON_FLAG, PIPELINE_FLAG } from '#cli/arguments/command.ts'

export const stop: Command = {
  name: 'stop',
  summary: 'Stop a run on AWS. siftstep redrive continues it.',
  positionals: [{ name: 'RUN', help: 'Name of the run, the start of its name, or last.', required: true }],
  flags: [ON_FLAG, PIPELINE_FLAG, ...AWS_FLAGS],
  examples: [{ line: 'siftstep stop last --pipeline sales', what: 'Stop the newest run of a pipeline.' }],
  run: async (args, terminal) => (await import('#cli/actions/stop.ts')).stopRun(args, terminal),
}
