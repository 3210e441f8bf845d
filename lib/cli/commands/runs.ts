/** runs: the runs there are, or one of them as it goes on. */
import { AWS_FLAGS, type Command, ON_FLAG, PIPELINE_FLAG, SHOWING_FLAGS, STORE_FLAG } from '#cli/arguments/command.ts'

export const runs: Command = {
  name: 'runs',
  summary: 'List the runs here, or on AWS, the newest first; or follow one of them.',
  description: `With --follow it shows a run that another process started, as that process shows it, until the run ends; the exit code is that of the
run. Control-C ends the following and not the run.`,
  positionals: [{ name: 'RUN', help: 'With --follow: its id, the beginning of it, or last (default: last).', required: false }],
  flags: [
    { name: 'follow', help: 'Show a run live until it ends.' },
    STORE_FLAG,
    ON_FLAG,
    PIPELINE_FLAG,
    { name: 'limit', value: 'N', help: 'On AWS: how many at most (20 unless said otherwise).' },
    ...AWS_FLAGS,
    { name: 'json', help: 'Print JSON for programs, and nothing else; with --follow one event a line.' },
    ...SHOWING_FLAGS.filter(({ name }) => name !== 'json').map((flag) => ({ ...flag, help: `With --follow: ${flag.help}` })),
  ],
  examples: [
    { line: 'siftstep runs', what: 'All of them.' },
    { line: 'siftstep runs --json', what: 'For a program.' },
    { line: 'siftstep runs --follow', what: 'The newest run, live.' },
    { line: 'siftstep runs --on aws --pipeline sales', what: 'Those of a pipeline that is deployed.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/runs.ts')).showRuns(args, terminal),
}
