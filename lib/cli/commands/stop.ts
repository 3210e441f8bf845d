/** stop: a run that another process works on, here or on AWS. */
import { AWS_FLAGS, type Command, ON_FLAG, PIPELINE_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const stop: Command = {
  name: 'stop',
  summary: 'Stop a run; siftstep resume, or redrive on AWS, goes on with it.',
  description:
    'A run here is stopped as by Control-C at its terminal. What is finished is kept, and what is not finished is not published.',
  positionals: [{ name: 'RUN', help: 'Its name, the beginning of it, or last.', required: true }],
  flags: [STORE_FLAG, ON_FLAG, PIPELINE_FLAG, ...AWS_FLAGS],
  examples: [
    { line: 'siftstep stop last', what: 'The newest run here.' },
    { line: 'siftstep stop last --on aws --pipeline sales', what: 'The newest run of a pipeline on AWS.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/stop.ts')).stop(args, terminal),
}
