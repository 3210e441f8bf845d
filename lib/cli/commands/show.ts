/** show: what happened in a run. */
import { AWS_FLAGS, type Command, JSON_FLAG, ON_FLAG, PIPELINE_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const show: Command = {
  name: 'show',
  summary: 'Tell what happened in a run: steps, rows, quality, quarantine, and what to do next when it failed.',
  positionals: [{ name: 'RUN', help: 'Its id, the beginning of it, or last.', required: true }],
  flags: [STORE_FLAG, ON_FLAG, PIPELINE_FLAG, ...AWS_FLAGS, JSON_FLAG],
  examples: [
    { line: 'siftstep show last', what: 'The newest run.' },
    { line: 'siftstep show r-20261121-08', what: 'By the beginning of its id.' },
    { line: 'siftstep show last --on aws --pipeline sales', what: 'The newest run of a pipeline on AWS, with what it cost.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/show.ts')).showRun(args, terminal),
}
