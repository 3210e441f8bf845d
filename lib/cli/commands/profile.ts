/** profile: what is in files, without a pipeline. */
import { type Command, JSON_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const profile: Command = {
  name: 'profile',
  summary: 'Show what is in data files, and what is wrong with them.',
  description: 'Files of the same columns are taken together. Nothing is changed. The whole report is kept in the store, as that of a run.',
  positionals: [{ name: 'FILE', help: 'Files, folders or patterns: CSV, NDJSON, JSON, Parquet.', required: true, many: true }],
  flags: [
    { name: 'workers', value: 'N', help: 'Processes that work at a time (as many as the machine has cores unless said otherwise).' },
    STORE_FLAG,
    { ...JSON_FLAG, help: 'Print the profile as JSON, and nothing else.' },
  ],
  examples: [
    { line: 'siftstep profile customers.csv', what: 'One file.' },
    { line: 'siftstep profile "data/sales/*.csv" --json > profile.json', what: 'Many as one, for a program.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/profile.ts')).profileFiles(args, terminal),
}
