/** discover: find the sources, read their form, count their records, plan the chunks. */
import { defineStep } from '#steps/kind/step.ts'
import type { Json } from '#core/json.ts'
import { pathsOf } from '#steps/kind/addresses.ts'
import { config } from './config.ts'

export const discover = defineStep({
  kind: 'discover',
  shape: 'scan',
  summary: 'Find the sources, read their form, count their records and plan the chunks.',
  description: `The first step of a pipeline over files. It lists what \`source\` names (a file, a folder, a glob pattern or a list of them),
finds encoding, delimiter, header and column types once for each source, counts every record, and cuts the sources into chunks at true record
boundaries. Records that cannot be rows are set aside with their line and reason. Sources whose columns have nothing in common are refused
with the groups that were found. That nothing matches is an error; so are files without any row, unless \`allow_empty\` says otherwise.`,
  config,
  addresses: ({ source }) =>
    typeof source === 'object' && 'path' in source
      ? pathsOf(source.path, ['source', 'path'], 'read')
      : pathsOf(source as Json, ['source'], 'read'),
  result: {
    count: 'How many sources there are.',
    bytes: 'Their size in bytes.',
    records: 'How many records they hold.',
    sources:
      'The sources, each with `name`, `uri` and `rows`; null when they are too many to be passed on. `loop.foreach` takes them however many they are.',
    unreadable: 'How many sources could not be read and were left out.',
    columns: 'How many columns the dataset has.',
  },
  examples: [
    { title: 'Every CSV of a folder', yaml: 'id: find\ntype: discover\nwith:\n  source: data/sales/*.csv\n' },
    { title: 'A table of a database', yaml: 'id: find\ntype: discover\nwith: {source: "sqlite://data/shop.db/orders"}\n' },
    {
      title: 'A file without a header, and types that are known',
      yaml: 'id: find\ntype: discover\nwith:\n  source: {path: data/routes.dat, header: false, columns: [airline, airline_id, from]}\n  types: {airline_id: text}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).discoverBehaviour,
})
