/** test: tries function steps by themselves. */
import type { Command } from '#cli/arguments/command.ts'

export const test: Command = {
  name: 'test',
  summary: 'Test function steps: their cases, and rows with unusual values.',
  description:
    'Runs the cases that the file exports, then calls the step with missing cells, empty and long texts, Unicode and the largest numbers. It fails when the step throws, does not answer, loses rows or returns wrong values, and shows the smallest rows with which it does. Exit code 1: something failed.',
  positionals: [{ name: 'FILE', help: 'Files with a step.', required: true, many: true }],
  flags: [],
  examples: [{ line: 'siftstep test steps/geocode.ts', what: 'Test one step.' }],
  run: async (args, terminal) => (await import('#cli/actions/test.ts')).testSteps(args, terminal),
}
