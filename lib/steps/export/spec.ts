/** export: writes the rows, then publishes them in one move. */
import { defineStep } from '#steps/kind/step.ts'
import type { Json } from '#core/json.ts'
import { pathsOf } from '#steps/kind/addresses.ts'
import { config } from './config.ts'
import { alwaysReplaces, problemsAsWritten, problemsOf } from './destination.ts'

export const exportStep = defineStep({
  kind: 'export',
  shape: 'sink',
  summary: 'Write the rows, then publish all files at once.',
  description: `Each chunk is written to the run's workspace. When the ledger balances and every gate passes, the files appear in \`to\` together and
\`_manifest.json\` lists them. The next run replaces these files and touches nothing else; a folder with files that this pipeline did not
write is an error. Rows are in the order of the sources. Files are named by their content, so the same output has the same names.

The name of a file, such as \`out/sales.csv\`, writes that one file and replaces it in one step. \`{source.name}\` in the name writes one file for each
source: \`out/{source.name}.csv\`; \`{source.file}\` is the name with its extension. End the address with a slash for a folder. A table, \`sqlite://data/shop.db/orders\` or
\`{connection: warehouse, table: orders}\`, is created with the types of the columns and changed in one transaction; \`mode\` sets what happens to the
rows in it. A run that is resumed publishes once.

\`mode: merge\` works on tables and on folders of Parquet files. A row whose key is there takes the place of that row, at its position; other rows are added
behind. Only files in which a row changes are written again, and all changes become visible together. Each key must be there and unique among the rows of the run; keys
are equal if their values are. The columns must be those of the output that is there. What a folder is merged into is read in full, by one task.

\`partition_by\` writes one file for each combination of values, in folders that Hive, Spark, Athena and DuckDB read: \`region=East/year=2024/\`. A missing
cell is \`__HIVE_DEFAULT_PARTITION__\`. An empty text, or a value too long for the name of a folder, is an error.

\`catalog: {database: analytics, table: sales}\` makes a table of the AWS Glue Data Catalog show what is published to a folder in S3. Whoever goes by the
catalog sees the output of one run, whole, whatever moment the next one is at.`,
  config,
  // where the rows go, and in which form, is no part of them: a folder has a format that keeps types
  underTest: () => ({ settings: { to: 'rows', mode: 'replace' } }),
  addresses: ({ to }) => pathsOf(to as Json, ['to'], 'write'),
  check: problemsOf,
  checkAsWritten: problemsAsWritten,
  replaces: alwaysReplaces,
  catalogTables: ({ catalog }) => (catalog === undefined ? [] : [catalog]),
  notYet: {
    format: {
      delta: {
        what: 'tables of Delta Lake cannot be written by this version',
        hint: 'use parquet, which readers of Delta Lake can import',
      },
    },
  },
  result: {
    rows: 'Rows published.',
    bytes: 'Bytes published.',
    files: 'Number of files.',
    manifest: 'Address of the manifest; null for a table or a file.',
    catalog_table: 'The table of the Glue catalog, as `database.table`; null without `catalog`.',
    query: 'A query for Athena that shows rows of that table; null without `catalog`.',
    inserted: 'Rows merged into a folder under a key that was not there; null otherwise.',
    updated: 'Rows merged into a folder that changed the row of their key; null otherwise.',
    inputs:
      'The sources whose rows it published, each with `uri`, `name`, `bytes` and the `version` that was read; null if there are too many to pass on.',
    quality_score: 'The quality score of the rows, 0 to 1.',
    unchanged: 'Rows merged into a folder that equal the row of their key; null otherwise.',
  },
  examples: [
    { title: 'Parquet into a folder', yaml: 'id: publish\ntype: export\nwith: {to: processed/sales, format: parquet}\n' },
    {
      title: 'Folders by region, year and month',
      yaml: 'id: publish\ntype: export\nwith: {to: processed/sales, partition_by: [region, {column: ordered_at, part: year}, {column: ordered_at, part: month}]}\n',
    },
    {
      title: 'A table of the Glue catalog',
      yaml: 'id: publish\ntype: export\nwith: {to: "s3://lake/sales/", partition_by: [region], catalog: {database: analytics, table: sales}}\n',
    },
    { title: 'One CSV file', yaml: 'id: publish\ntype: export\nwith: {to: processed/sales.csv}\n' },
    { title: 'Rows of a folder, by key', yaml: 'id: publish\ntype: export\nwith: {to: processed/sales, mode: merge, keys: [order_id]}\n' },
    {
      title: 'Rows of a table, by key',
      yaml: 'id: publish\ntype: export\nwith: {to: "sqlite://data/warehouse.db/sales", mode: merge, keys: [order_id]}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).exportBehaviour,
})
