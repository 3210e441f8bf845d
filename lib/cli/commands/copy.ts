/** copy: data from one address to another. */
import { type Command, JSON_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const copy: Command = {
  name: 'copy',
  summary: 'Copy data between files, folders, buckets and tables, with an account of every row.',
  description:
    'A run of two steps, discover and export: the rows balance, and records that cannot be read are quarantined. The exit code is that of the run.',
  positionals: [
    { name: 'FROM', help: 'A path, pattern or address.', required: true },
    { name: 'TO', help: 'A folder, a file such as out/sales.parquet, or an address such as sqlite://shop.db/orders.', required: true },
  ],
  flags: [
    { name: 'format', value: 'FORMAT', help: 'Format of the files (default: by the name of the file, parquet for a folder).' },
    {
      name: 'mode',
      value: 'MODE',
      help: 'Mode: replace, append or merge (default: replace what copy wrote there before).',
      choices: ['replace', 'append', 'merge'],
    },
    { name: 'key', value: 'COLUMN', many: true, help: 'A column that identifies a row, for --mode merge.' },
    { name: 'workers', value: 'N', help: 'Number of worker processes (default: the number of cores).' },
    STORE_FLAG,
    JSON_FLAG,
  ],
  examples: [
    { line: 'siftstep copy "data/*.csv" out/sales.parquet', what: 'Make one Parquet file of many CSV files.' },
    { line: 'siftstep copy s3://lake/orders/ sqlite://shop.db/orders', what: 'Load a folder of a bucket into a table.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/copy.ts')).copyData(args, terminal),
}
