/** checkpoints: what a resume does not do again. */
import { type Command, JSON_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const checkpoints: Command = {
  name: 'checkpoints',
  summary: 'List the checkpoints of a run: finished tasks, which a resume does not run again.',
  positionals: [{ name: 'RUN', help: 'Id of the run, the start of its id, or last.', required: true }],
  flags: [STORE_FLAG, { ...JSON_FLAG, help: 'Print them as JSON, with what each task handed on.' }],
  examples: [{ line: 'siftstep checkpoints last', what: 'List those of the newest run.' }],
  run: async (args, terminal) => (await import('#cli/actions/checkpoints.ts')).showCheckpoints(args, terminal),
}
