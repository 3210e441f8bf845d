/** validate: checks definitions. */
import { CONFIG_FLAGS, type Command, FILE, ON_FLAG, ONE_PIPELINE, REGION_FLAG } from '#cli/arguments/command.ts'
import { FROZEN_FLAG } from '#cli/arguments/keep-lock.ts'

export const validate: Command = {
  name: 'validate',
  summary: 'Check definitions, and report every mistake with its line and fix.',
  description:
    'With --on aws, AWS checks the machines as well: ValidateStateMachineDefinition, and TestState for the states that a run passes through, with simulated results of their tasks. Nothing is deployed, and no function is called.',
  positionals: [{ ...FILE, help: 'Definitions (YAML files).', many: true }],
  flags: [ON_FLAG, REGION_FLAG, ONE_PIPELINE, ...CONFIG_FLAGS, FROZEN_FLAG],
  examples: [
    { line: 'siftstep validate pipeline.yaml', what: 'Check one definition.' },
    { line: 'siftstep validate pipeline.yaml --on aws --region eu-west-1', what: 'Also let Step Functions check its machine.' },
    { line: 'siftstep validate pipelines/*.yaml --config root=data', what: 'Check several, with a config value.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/validate.ts')).validateFiles(args, terminal),
}
