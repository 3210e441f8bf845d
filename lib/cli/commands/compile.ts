/** compile: what a definition becomes. */
import { CONFIG_FLAGS, type Command, FILE } from '#cli/arguments/command.ts'

export const compile: Command = {
  name: 'compile',
  summary: 'Print the state machine a definition compiles to.',
  description:
    'The machine is the same here and on AWS; its hash says so. It is printed as Amazon States Language with placeholders for functions and bucket.',
  positionals: [FILE],
  flags: [
    { name: 'asl', help: 'The machine (unless said otherwise).' },
    { name: 'plan', help: 'The plan the machine is made from: which steps share a pass, what is surveyed when.' },
    { name: 'hash', help: 'The SHA-256 of the machine.' },
    ...CONFIG_FLAGS,
  ],
  examples: [
    { line: 'siftstep compile pipeline.yaml > machine.asl.json', what: 'The machine, to look at or deploy.' },
    { line: 'siftstep compile pipeline.yaml --hash', what: 'To compare with the one deployed.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/compile.ts')).compileFile(args, terminal),
}
