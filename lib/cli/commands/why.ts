/** why: explains why a run did not succeed. */
import { type Command, JSON_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const why: Command = {
  name: 'why',
  summary: 'Explain why a run failed or completed in part: what failed, what changed since the last good run, and the fix.',
  positionals: [{ name: 'RUN', help: 'Id of the run, the start of its id, or last.', required: true }],
  flags: [STORE_FLAG, JSON_FLAG],
  examples: [{ line: 'siftstep why last', what: 'Explain the newest run.' }],
  run: async (args, terminal) => (await import('#cli/actions/why.ts')).showWhy(args, terminal),
}
