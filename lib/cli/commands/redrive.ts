/** redrive: a run on AWS that failed, to its end. */
import { AWS_FLAGS, type Command, ON_FLAG, PIPELINE_FLAG, SHOWING_FLAGS } from '#cli/arguments/command.ts'

export const redrive: Command = {
  name: 'redrive',
  summary: 'Go on with a run on AWS that failed or was stopped; what is finished is not done again.',
  description: `A new execution goes on under the name of the run, with its inputs and dates, and finds what the run has finished. It goes through the
version of the machine the run went through, where there are versions. What resume is for runs of this machine.`,
  positionals: [{ name: 'RUN', help: 'Its name, the beginning of it, or last.', required: true }],
  flags: [ON_FLAG, { name: 'follow', help: 'Show the run until it is over.' }, PIPELINE_FLAG, ...AWS_FLAGS, ...SHOWING_FLAGS],
  examples: [{ line: 'siftstep redrive last --pipeline sales --follow', what: 'The newest run of a pipeline.' }],
  run: async (args, terminal) => (await import('#cli/actions/redrive.ts')).redriveRun(args, terminal),
}
