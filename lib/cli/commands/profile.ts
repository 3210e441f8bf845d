/** profile: shows what is in files, without a pipeline. */
import { type Command, JSON_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const profile: Command = {
  name: 'profile',
  summary: 'Show what data files contain, and what is wrong with them.',
  description: 'Files with the same columns are profiled together. Nothing is changed. The full report is kept in the store as a run.',
  positionals: [{ name: 'FILE', help: 'Files, folders or patterns: CSV, NDJSON, JSON, Parquet.', required: true, many: true }],
  flags: [
    { name: 'workers', value: 'N', help: 'Number of worker processes (default: the number of cores).' },
    STORE_FLAG,
    { ...JSON_FLAG, help: 'Print only the profile, as JSON.' },
  ],
  examples: [
    { line: 'siftstep profile customers.csv', what: 'Profile one file.' },
    { line: 'siftstep profile "data/sales/*.csv" --json > profile.json', what: 'Profile many files together; write JSON.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/profile.ts')).profileFiles(args, terminal),
}
