/** discover: finds the sources, detects their format, counts their records, plans the chunks. */
import { defineStep } from '#steps/kind/step.ts'
import type { Json } from '#core/json.ts'
import { pathsOf } from '#steps/kind/addresses.ts'
import { config } from './config.ts'

/** Settings travel with each task, whose payload can have 256 KiB. Source: Step Functions developer guide, "Quotas". */
const MAX_INLINE = 100_000

export const discover = defineStep({
  kind: 'discover',
  shape: 'scan',
  summary: 'Find the sources, detect their format, count their records and plan the chunks.',
  description: `The first step of a pipeline over files. It lists the files of \`source\` (a file, a folder, a glob pattern or a list of them),
detects encoding, delimiter, header and column types of each source, counts every record, and splits the sources into chunks at record
boundaries. Records that cannot be read as rows are quarantined with their line and reason. Sources with no columns in common are an error
that lists the groups found. A pattern without a match is an error; so are files without rows, unless \`allow_empty\` is true.

With \`skip_unchanged\` a run reads only the files that are new or were written again since the last run that published. A file is unchanged if its address
and size are the same, and its ETag in S3, or the times of its content and attributes on this machine. These are compared without reading the file, so
a copy with the same content is read again. A changed file is read in full: the rows that were published of it stay where they are, so publish with
\`mode: merge\`, which updates them by key, or to an address for each run. A file that is gone is a warning; rows of it that were published stay. A file
that could not be read is tried again. What was read is remembered when the run publishes its output, as with
[detect_changes](detect_changes.md). If nothing has changed, the columns come from the smallest file and there are no rows; give later steps
\`condition: "{{ find.result.count }} > 0"\`.`,
  config,
  addresses: ({ source }) => {
    if (typeof source === 'object' && 'rows' in source) return []
    return typeof source === 'object' && 'path' in source
      ? pathsOf(source.path as Json, ['source', 'path'], 'read')
      : pathsOf(source as Json, ['source'], 'read')
  },
  check: ({ source }) => {
    if (typeof source !== 'object' || !('rows' in source)) return []
    const bytes = Buffer.byteLength(JSON.stringify(source.rows))
    if (bytes <= MAX_INLINE) return []
    return [
      {
        path: ['source', 'rows'],
        what: `the rows have ${bytes} bytes`,
        hint: `write at most ${MAX_INLINE} bytes here, or put the rows in a file`,
      },
    ]
  },
  remembers: ({ skip_unchanged }) => skip_unchanged === true,
  passesOnlyNew: ({ skip_unchanged }) => skip_unchanged === true,
  result: {
    count: 'Number of sources.',
    bytes: 'Size of the sources in bytes.',
    records: 'Number of records.',
    sources:
      'The sources, each with `name`, `uri` and `rows`; null if there are too many to pass on. `loop.foreach` accepts any number of them.',
    unreadable: 'Number of sources that could not be read and were skipped.',
    columns: 'Number of columns of the dataset.',
    unchanged: 'Number of files that were skipped because they have not changed.',
    removed: 'Number of files that the last run knew and that are gone.',
  },
  examples: [
    { title: 'Every CSV of a folder', yaml: 'id: find\ntype: discover\nwith:\n  source: data/sales/*.csv\n' },
    { title: 'A table of a database', yaml: 'id: find\ntype: discover\nwith: {source: "sqlite://data/shop.db/orders"}\n' },
    {
      title: 'Rows in the definition',
      yaml: 'id: find\ntype: discover\nwith:\n  source:\n    type: inline\n    rows:\n      - {id: 1, name: Product A, price: 29.99}\n      - {id: 2, name: Product B, price: 19.99}\n',
    },
    { title: 'Only new and changed files', yaml: 'id: find\ntype: discover\nwith: {source: data/sales/*.csv, skip_unchanged: true}\n' },
    {
      title: 'A file without a header, with column names and a type',
      yaml: 'id: find\ntype: discover\nwith:\n  source: {path: data/routes.dat, header: false, columns: [airline, airline_id, from]}\n  types: {airline_id: text}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).discoverBehaviour,
})
