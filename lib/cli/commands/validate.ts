/** validate: whether definitions are as they must be. */
import { CONFIG_FLAGS, type Command, FILE } from '#cli/arguments/command.ts'

export const validate: Command = {
  name: 'validate',
  summary: 'Check definitions, and tell every mistake with its line and its mend.',
  positionals: [{ ...FILE, help: 'Definitions, YAML files.', many: true }],
  flags: CONFIG_FLAGS,
  examples: [
    { line: 'siftstep validate pipeline.yaml', what: 'Check one.' },
    { line: 'siftstep validate pipelines/*.yaml --config root=data', what: 'Check many, with a value of the config.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/validate.ts')).validateFiles(args, terminal),
}
