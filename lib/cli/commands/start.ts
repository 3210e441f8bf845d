/** start: starts a run of a deployed pipeline. */
import { AWS_FLAGS, CONFIG_FLAGS, type Command, ON_FLAG, SHOWING_FLAGS, ONE_PIPELINE } from '#cli/arguments/command.ts'

export const start: Command = {
  name: 'start',
  summary: 'Start a run of a deployed pipeline on AWS.',
  description: `Checks the inputs against the declarations of the deployed pipeline before anything starts. With --follow, shows the run like a local run
and exits with its exit code; Control-C then stops following, not the run.`,
  positionals: [{ name: 'PIPELINE', help: 'Id of the pipeline, or its file.', required: true }],
  flags: [
    ON_FLAG,
    { name: 'input', value: 'K=V', many: true, help: 'Set an input.' },
    { name: 'input-file', value: 'FILE', help: 'Read inputs from a JSON file; --input takes precedence.' },
    { name: 'date', value: 'DAY', help: 'Logical date of the run, the value of {{ ds }} (default: today).' },
    { name: 'follow', help: 'Follow the run until it ends.' },
    ...AWS_FLAGS,
    ONE_PIPELINE,
    ...CONFIG_FLAGS,
    ...SHOWING_FLAGS,
  ],
  examples: [
    { line: 'siftstep start sales --input source=s3://lake/raw/ --follow', what: 'Start a run and follow it.' },
    {
      line: 'siftstep start pipelines/sales.yaml --env staging --date 2026-11-21',
      what: 'Start in the environment staging, for one date.',
    },
  ],
  run: async (args, terminal) => (await import('#cli/actions/start.ts')).startOnAws(args, terminal),
}
