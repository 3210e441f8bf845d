/** demo: the first run. */
import { type Command, SHOWING_FLAGS } from '#cli/arguments/command.ts'

export const demo: Command = {
  name: 'demo',
  summary: 'Copy an example with dirty data into a folder and run it.',
  description:
    'Copies a pipeline, three CSV files and a README, and publishes to processed/sales in the same folder. Files that are not the example’s are never touched.',
  positionals: [{ name: 'DIR', help: 'The folder (demo unless said otherwise).', required: false }],
  flags: SHOWING_FLAGS,
  examples: [
    { line: 'siftstep demo', what: 'Into demo/.' },
    { line: 'siftstep demo try-it --ascii', what: 'Into another folder, for a terminal without symbols.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/demo.ts')).runDemo(args, terminal),
}
