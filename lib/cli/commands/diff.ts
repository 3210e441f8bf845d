/** diff: what differs between two runs. */
import { type Command, JSON_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const diff: Command = {
  name: 'diff',
  summary: 'Compare two runs: definition, inputs, sources, rows, columns, quality, times.',
  positionals: [
    { name: 'BEFORE', help: 'Id of a run, or the start of its id.', required: true },
    { name: 'AFTER', help: 'Id of another run, the start of its id, or last.', required: true },
  ],
  flags: [STORE_FLAG, JSON_FLAG],
  examples: [{ line: 'siftstep diff r-20261120 last', what: 'Compare the newest run with one of the day before.' }],
  run: async (args, terminal) => (await import('#cli/actions/diff.ts')).diffRuns(args, terminal),
}
