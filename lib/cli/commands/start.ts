/** start: a run of a pipeline that is deployed. */
import { AWS_FLAGS, CONFIG_FLAGS, type Command, ON_FLAG, SHOWING_FLAGS } from '#cli/arguments/command.ts'

export const start: Command = {
  name: 'start',
  summary: 'Start a run of a pipeline that is deployed to AWS.',
  description: `Inputs are checked against what the deployed pipeline declares before anything starts. With --follow the run is shown as it goes on,
as a run here is, and the exit code is the run's; Control-C ends the watching, not the run.`,
  positionals: [{ name: 'PIPELINE', help: 'Its id, or its file.', required: true }],
  flags: [
    ON_FLAG,
    { name: 'input', value: 'K=V', many: true, help: 'The value of an input.' },
    { name: 'input-file', value: 'FILE', help: 'Values of inputs from a JSON file; those of --input come first.' },
    { name: 'date', value: 'DAY', help: 'The logical date of the run, which {{ ds }} reads (today unless said otherwise).' },
    { name: 'follow', help: 'Show the run until it is over.' },
    ...AWS_FLAGS,
    ...CONFIG_FLAGS,
    ...SHOWING_FLAGS,
  ],
  examples: [
    { line: 'siftstep start sales --input source=s3://lake/raw/ --follow', what: 'Start it and watch.' },
    { line: 'siftstep start pipelines/sales.yaml --env staging --date 2026-11-21', what: 'By its file, where it is tried out, for a day.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/start.ts')).startOnAws(args, terminal),
}
