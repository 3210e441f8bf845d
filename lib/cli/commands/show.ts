/** show: reports on a run. */
import { AWS_FLAGS, type Command, JSON_FLAG, ON_FLAG, PIPELINE_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const show: Command = {
  name: 'show',
  summary: 'Show what happened in a run: steps, rows, quality, quarantine, and what to do next if it failed.',
  positionals: [{ name: 'RUN', help: 'Id of the run, the start of its id, or last.', required: true }],
  flags: [STORE_FLAG, ON_FLAG, PIPELINE_FLAG, ...AWS_FLAGS, JSON_FLAG],
  examples: [
    { line: 'siftstep show last', what: 'Show the newest run.' },
    { line: 'siftstep show r-20261121-08', what: 'Show a run by the start of its id.' },
    { line: 'siftstep show last --on aws --pipeline sales', what: 'Show the newest run of a pipeline on AWS, with its cost.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/show.ts')).showRun(args, terminal),
}
