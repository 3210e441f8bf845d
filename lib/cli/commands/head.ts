/** head: the first rows of data at any address. */
import { type Command, JSON_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const head: Command = {
  name: 'head',
  summary: 'Print the first rows of a file, folder, pattern, bucket or table, as a run reads them.',
  description: 'The data is found and its columns are typed as the discover step does it, so all of it is looked through once.',
  positionals: [
    { name: 'ADDRESS', help: 'A path, pattern or address, such as s3://bucket/sales/ or sqlite://shop.db/orders.', required: true },
  ],
  flags: [
    { name: 'rows', short: 'n', value: 'N', help: 'Number of rows (default: 10).' },
    { name: 'workers', value: 'N', help: 'Number of worker processes (default: the number of cores).' },
    STORE_FLAG,
    { ...JSON_FLAG, help: 'Print the rows as JSON objects; null is a missing cell.' },
  ],
  examples: [
    { line: 'siftstep head sales.csv -n 3', what: 'Print three rows of a file.' },
    { line: 'siftstep head sqlite://shop.db/orders --json', what: 'Print rows of a table as JSON.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/head.ts')).showHead(args, terminal),
}
