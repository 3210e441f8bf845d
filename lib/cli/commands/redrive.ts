/** redrive: finishes a failed run on AWS. */
import { AWS_FLAGS, type Command, ON_FLAG, PIPELINE_FLAG, SHOWING_FLAGS } from '#cli/arguments/command.ts'

export const redrive: Command = {
  name: 'redrive',
  summary: 'Continue a failed or stopped run on AWS. Finished work is kept.',
  description: `Starts a new execution that continues the run with its inputs and dates, and reuses everything the run has finished. It uses the version
of the machine that the run used, where versions exist. For runs on this machine: siftstep resume.`,
  positionals: [{ name: 'RUN', help: 'Name of the run, the start of its name, or last.', required: true }],
  flags: [ON_FLAG, { name: 'follow', help: 'Follow the run until it ends.' }, PIPELINE_FLAG, ...AWS_FLAGS, ...SHOWING_FLAGS],
  examples: [{ line: 'siftstep redrive last --pipeline sales --follow', what: 'Continue the newest run of a pipeline.' }],
  run: async (args, terminal) => (await import('#cli/actions/redrive.ts')).redriveRun(args, terminal),
}
