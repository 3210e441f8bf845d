/** resume: a run that did not end, to its end. */
import { type Command, RUN_FLAGS } from '#cli/arguments/command.ts'

export const resume: Command = {
  name: 'resume',
  summary: 'Finish a run that was interrupted, killed, or failed; what is finished is not done again.',
  description: 'The run goes on with the definition, the inputs and the folder it began with, whatever has been edited since.',
  positionals: [{ name: 'RUN', help: 'Its id, the beginning of it, or last.', required: true }],
  flags: RUN_FLAGS,
  examples: [
    { line: 'siftstep resume last', what: 'The newest run.' },
    { line: 'siftstep resume r-20261121-081402-7f3c --workers 2', what: 'With two processes at a time.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/resume.ts')).showResume(args, terminal),
}
