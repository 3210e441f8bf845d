/** compile: prints the state machine of a definition. */
import { CONFIG_FLAGS, type Command, FILE, ONE_PIPELINE } from '#cli/arguments/command.ts'

export const compile: Command = {
  name: 'compile',
  summary: 'Print the state machine a definition compiles to.',
  description:
    'The machine is identical on AWS and on this machine, and so is its hash. It is Amazon States Language with placeholders for functions and bucket.',
  positionals: [FILE],
  flags: [
    { name: 'asl', help: 'Print the state machine (default).' },
    { name: 'plan', help: 'Print the plan behind the machine: which steps share a pass, what is surveyed when.' },
    { name: 'hash', help: 'Print the SHA-256 of the machine.' },
    ONE_PIPELINE,
    ...CONFIG_FLAGS,
  ],
  examples: [
    { line: 'siftstep compile pipeline.yaml > machine.asl.json', what: 'Write the machine to a file.' },
    { line: 'siftstep compile pipeline.yaml --hash', what: 'Print the hash, to compare it with the deployed one.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/compile.ts')).compileFile(args, terminal),
}
