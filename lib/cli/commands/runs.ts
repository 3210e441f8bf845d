/** runs: lists runs, or follows one. */
import { AWS_FLAGS, type Command, ON_FLAG, PIPELINE_FLAG, SHOWING_FLAGS, STORE_FLAG } from '#cli/arguments/command.ts'

export const runs: Command = {
  name: 'runs',
  summary: 'List runs on this machine or on AWS, newest first, or follow one until it ends.',
  description: `With --follow, shows a run that another process started, as that process shows it, until the run ends. The exit code is that of the run.
Control-C stops the following and not the run.`,
  positionals: [{ name: 'RUN', help: 'With --follow: id of the run, the start of its id, or last (default: last).', required: false }],
  flags: [
    { name: 'follow', help: 'Show a run live until it ends.' },
    STORE_FLAG,
    ON_FLAG,
    PIPELINE_FLAG,
    { name: 'limit', value: 'N', help: 'On AWS: maximum number of runs (default: 20).' },
    ...AWS_FLAGS,
    { name: 'json', help: 'Print only JSON; with --follow, one event per line.' },
    ...SHOWING_FLAGS.filter(({ name }) => name !== 'json').map((flag) => ({ ...flag, help: `With --follow: ${flag.help}` })),
  ],
  examples: [
    { line: 'siftstep runs', what: 'List all runs on this machine.' },
    { line: 'siftstep runs --json', what: 'Print them as JSON.' },
    { line: 'siftstep runs --follow', what: 'Follow the newest run.' },
    { line: 'siftstep runs --on aws --pipeline sales', what: 'List the runs of a deployed pipeline.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/runs.ts')).showRuns(args, terminal),
}
