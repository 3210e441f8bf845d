/** suggest: writes a pipeline for data files, with the types and rules that hold for them. */
import { type Command, STORE_FLAG } from '#cli/arguments/command.ts'

export const suggest: Command = {
  name: 'suggest',
  summary: 'Write a pipeline for data files: types, cleaning, and the rules that hold for them.',
  description:
    'Profiles the files after cleaning, suggests a rule where all rows give a reason for it, and runs these rules on the files: each rule that is written has passed. A comment behind each rule gives the reason.',
  positionals: [{ name: 'FILE', help: 'Files, folders or patterns.', required: true, many: true }],
  flags: [
    {
      name: 'output',
      value: 'FILE',
      help: 'Write the pipeline to this file instead of the screen. An existing file is never overwritten.',
    },
    { name: 'to', value: 'ADDRESS', help: 'Where the pipeline publishes to (default: processed/ and the name of the file).' },
    { name: 'workers', value: 'N', help: 'Number of worker processes (default: the number of cores).' },
    STORE_FLAG,
  ],
  examples: [
    { line: 'siftstep suggest customers.csv', what: 'Print a pipeline for one file.' },
    { line: 'siftstep suggest "data/sales/*.csv" --output sales.yaml', what: 'Write a pipeline for many files with the same columns.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/suggest.ts')).suggestPipeline(args, terminal),
}
