/** stop: stops a run on this machine or on AWS. */
import { AWS_FLAGS, type Command, ON_FLAG, PIPELINE_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const stop: Command = {
  name: 'stop',
  summary: 'Stop a run. siftstep resume (on AWS: redrive) continues it.',
  description:
    'A run on this machine stops as if Control-C was pressed at its terminal. Finished tasks are kept, and nothing is published.',
  positionals: [{ name: 'RUN', help: 'Name of the run, the start of its name, or last.', required: true }],
  flags: [STORE_FLAG, ON_FLAG, PIPELINE_FLAG, ...AWS_FLAGS],
  examples: [
    { line: 'siftstep stop last', what: 'Stop the newest run on this machine.' },
    { line: 'siftstep stop last --on aws --pipeline sales', what: 'Stop the newest run of a pipeline on AWS.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/stop.ts')).stop(args, terminal),
}
