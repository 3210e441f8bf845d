/** runs: what was run. */
import { AWS_FLAGS, type Command, JSON_FLAG, ON_FLAG, PIPELINE_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const runs: Command = {
  name: 'runs',
  summary: 'List the runs here, or on AWS, the newest first.',
  positionals: [],
  flags: [
    STORE_FLAG,
    ON_FLAG,
    PIPELINE_FLAG,
    { name: 'limit', value: 'N', help: 'On AWS: how many at most (20 unless said otherwise).' },
    ...AWS_FLAGS,
    JSON_FLAG,
  ],
  examples: [
    { line: 'siftstep runs', what: 'All of them.' },
    { line: 'siftstep runs --json', what: 'For a program.' },
    { line: 'siftstep runs --on aws --pipeline sales', what: 'Those of a pipeline that is deployed.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/runs.ts')).listRuns(args, terminal),
}
