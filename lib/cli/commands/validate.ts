/** validate: checks definitions. */
import { CONFIG_FLAGS, type Command, FILE, ONE_PIPELINE } from '#cli/arguments/command.ts'
import { FROZEN_FLAG } from '#cli/arguments/keep-lock.ts'

export const validate: Command = {
  name: 'validate',
  summary: 'Check definitions, and report every mistake with its line and fix.',
  positionals: [{ ...FILE, help: 'Definitions (YAML files).', many: true }],
  flags: [ONE_PIPELINE, ...CONFIG_FLAGS, FROZEN_FLAG],
  examples: [
    { line: 'siftstep validate pipeline.yaml', what: 'Check one definition.' },
    { line: 'siftstep validate pipelines/*.yaml --config root=data', what: 'Check several, with a config value.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/validate.ts')).validateFiles(args, terminal),
}
