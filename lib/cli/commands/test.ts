/** test: tries definitions on rows that they are given, and function steps by themselves. */
import { CONFIG_FLAGS, type Command, JSON_FLAG, ONE_PIPELINE } from '#cli/arguments/command.ts'

export const test: Command = {
  name: 'test',
  summary: 'Run the tests of definitions, and try function steps with unusual values.',
  description:
    'For a definition (a YAML file), runs each of its `tests` on the rows that the test gives, in a temporary folder: nothing is read from the sources, nothing is published to the targets, and no message is sent. It compares the published rows, the quarantine and the ledger with what the test expects, and prints each difference. For a function step (a TypeScript or JavaScript file), runs the cases that the file exports, then calls the step with missing cells, empty and long texts, Unicode and the largest numbers, and shows the smallest rows with which it throws, does not answer, loses rows or returns wrong values. Exit code 1: something failed; 2: a definition is wrong.',
  positionals: [{ name: 'FILE', help: 'Definitions (YAML files), and files with a function step.', required: true, many: true }],
  flags: [
    { name: 'test', value: 'NAME', help: 'Of a definition: only the test with this name.' },
    ONE_PIPELINE,
    ...CONFIG_FLAGS,
    JSON_FLAG,
  ],
  examples: [
    { line: 'siftstep test pipeline.yaml', what: 'Run all tests of a definition.' },
    { line: "siftstep test pipeline.yaml --test 'keeps the cents'", what: 'Run one of them.' },
    { line: 'siftstep test steps/geocode.ts', what: 'Test one step.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/test.ts')).testFiles(args, terminal),
}
