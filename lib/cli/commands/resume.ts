/** resume: finishes a run that did not end. */
import { type Command, RUN_FLAGS } from '#cli/arguments/command.ts'

export const resume: Command = {
  name: 'resume',
  summary: 'Finish a run that was interrupted, killed, or failed. Finished work is kept.',
  description: 'Uses the definition, the inputs and the folder of the run, even if files were edited since.',
  positionals: [{ name: 'RUN', help: 'Id of the run, the start of its id, or last.', required: true }],
  flags: RUN_FLAGS,
  examples: [
    { line: 'siftstep resume last', what: 'Resume the newest run.' },
    { line: 'siftstep resume r-20261121-081402-7f3c --workers 2', what: 'Resume with two worker processes.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/resume.ts')).showResume(args, terminal),
}
