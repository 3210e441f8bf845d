/** runs: what was run. */
import { type Command, JSON_FLAG, STORE_FLAG } from '../command.ts'

export const runs: Command = {
  name: 'runs',
  summary: 'List the runs in the store, the newest first.',
  positionals: [],
  flags: [STORE_FLAG, JSON_FLAG],
  examples: [
    { line: 'siftstep runs', what: 'All of them.' },
    { line: 'siftstep runs --json', what: 'For a program.' },
  ],
  run: async (args, terminal) => (await import('../actions/runs.ts')).listRuns(args, terminal),
}
