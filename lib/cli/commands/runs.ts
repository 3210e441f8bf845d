/** runs: lists runs. */
import { AWS_FLAGS, type Command, JSON_FLAG, ON_FLAG, PIPELINE_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const runs: Command = {
  name: 'runs',
  summary: 'List runs on this machine or on AWS, newest first.',
  positionals: [],
  flags: [
    STORE_FLAG,
    ON_FLAG,
    PIPELINE_FLAG,
    { name: 'limit', value: 'N', help: 'On AWS: maximum number of runs (default: 20).' },
    ...AWS_FLAGS,
    JSON_FLAG,
  ],
  examples: [
    { line: 'siftstep runs', what: 'List all runs on this machine.' },
    { line: 'siftstep runs --json', what: 'Print them as JSON.' },
    { line: 'siftstep runs --on aws --pipeline sales', what: 'List the runs of a deployed pipeline.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/runs.ts')).listRuns(args, terminal),
}
