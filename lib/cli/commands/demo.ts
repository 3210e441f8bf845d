/** demo: copies an example and runs it. */
import { type Command, SHOWING_FLAGS } from '#cli/arguments/command.ts'

export const demo: Command = {
  name: 'demo',
  summary: 'Copy an example with dirty data into a folder, and run it.',
  description:
    'Copies a pipeline, three CSV files and a README, and publishes to processed/sales in the same folder. Never overwrites files that are not part of the example.',
  positionals: [{ name: 'DIR', help: 'Target folder (default: demo).', required: false }],
  flags: SHOWING_FLAGS,
  examples: [
    { line: 'siftstep demo', what: 'Copy into demo/.' },
    { line: 'siftstep demo try-it --ascii', what: 'Copy into another folder; print ASCII only.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/demo.ts')).runDemo(args, terminal),
}
