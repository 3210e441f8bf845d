/** serve: starts runs by schedules, files, ends of other runs and requests. */
import { CONFIG_FLAGS, type Command, STORE_FLAG } from '#cli/arguments/command.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'Start runs by schedules, new files, ends of other runs and requests, until it is stopped.',
  description: `Does on this machine what schedules and triggers do on AWS. Schedules start runs at their times. An s3 trigger watches a folder in place of
its bucket. A pipeline trigger starts a run when a run of the other pipeline in the store ends, whoever started it. With --http, requests with a token start runs. Each run is a process of its own, which goes on if the server ends.
Of several servers on one store one schedules; the others wait to take over. Control-C stops the server when its runs have ended; a second
one stops the runs, which the next server resumes. The definitions are read at the start.`,
  positionals: [{ name: 'FILE', help: 'Definitions (YAML files).', required: true, many: true }],
  flags: [
    {
      name: 'bucket',
      value: 'NAME=DIR',
      many: true,
      help: 'Watch a folder in place of this bucket (default: the current folder, for triggers whose prefix has a folder).',
    },
    {
      name: 'http',
      value: '[HOST:]PORT',
      help: 'Answer requests: GET /health, GET /runs, GET /metrics, POST /pipelines/ID/runs (host: 127.0.0.1). Needs a token in SIFTSTEP_TOKEN.',
    },
    { name: 'token-file', value: 'FILE', help: 'Read the token from a file.' },
    { name: 'settle', value: 'SECONDS', help: 'Seconds for which a file must not have changed (default: 2).' },
    { name: 'max-parallel', value: 'N', help: 'Runs at a time, of all pipelines (default: 4).' },
    { name: 'workers', value: 'N', help: 'Number of worker processes of each run (default: the cores, shared by the runs).' },
    STORE_FLAG,
    ...CONFIG_FLAGS,
    { name: 'json', help: 'Print the log as JSON, one object per line.' },
  ],
  examples: [
    { line: 'siftstep serve pipelines/*.yaml', what: 'Serve all pipelines of a folder.' },
    { line: 'siftstep serve orders.yaml --http 8321 --token-file token', what: 'Also start runs by requests.' },
    { line: 'siftstep serve orders.yaml --bucket acme-inbox=incoming', what: 'Watch the folder incoming in place of a bucket.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/serve.ts')).serve(args, terminal),
}
