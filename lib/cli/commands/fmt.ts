/** fmt: rewrites a definition. */
import { CONFIG_FLAGS, type Command, FILE, ONE_PIPELINE } from '#cli/arguments/command.ts'

export const fmt: Command = {
  name: 'fmt',
  summary: 'Print a definition in the canonical form.',
  description:
    'Translates a definition in a dialect, such as a task list, to the canonical keys. It compiles to the same machine. Values of secrets that the file shows become references. Comments are not kept.',
  positionals: [FILE],
  flags: [{ name: 'canonical', help: 'Use the canonical keys (required: the only form there is).' }, ONE_PIPELINE, ...CONFIG_FLAGS],
  examples: [{ line: 'siftstep fmt --canonical tasks.yaml > pipeline.yaml', what: 'Translate a task list.' }],
  run: async (args, terminal) => (await import('#cli/actions/fmt.ts')).formatFile(args, terminal),
}
