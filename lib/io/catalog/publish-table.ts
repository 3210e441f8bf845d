/**
 * Makes a table of the catalog show an output. One change of the table switches from the files of one run to those of the next: its metadata names
 * exactly the files of the manifest. Happens when the output has appeared and before what it replaced is removed, so whoever goes by the catalog finds
 * whole outputs only.
 */
import type { Table, TableInput } from '@aws-sdk/client-glue'
import { setTimeout as sleep } from 'node:timers/promises'
import { TaskError } from '#core/errors/errors.ts'
import type { Appeared } from '#io/publish/appeared.ts'
import { fileIn, hashOfManifest, type Manifest } from '#io/publish/manifest.ts'
import type { Column } from '#relational/types/types.ts'
import { spelled, sameName } from './columns.ts'
import { type Catalog, openCatalog } from './glue.ts'
import { filesBeside, HIDDEN, tableColumns, tableFiles } from './iceberg.ts'
import { type CatalogTable, type CataloguedTable, catalogued, nameInCatalog } from './table.ts'

export interface TableOwner {
  readonly pipeline: string
  readonly run: string
  /** The address of the output. */
  readonly location: string
  readonly now: () => Date
}

/** What a table says of who made it, in its parameters. */
const OWN = {
  pipeline: 'siftstep_pipeline',
  run: 'siftstep_run',
  location: 'siftstep_output',
  manifest: 'siftstep_manifest',
  sequence: 'siftstep_sequence',
  metadata: 'siftstep_metadata',
} as const

/** How often a table that others change at the same moment is read again. */
const ATTEMPTS = 8

/** Output.* unless the table is absent or this pipeline's, in a database that is there: before any work. */
export async function checkTable(name: CatalogTable, pipeline: string, catalog: Catalog = openCatalog()): Promise<void> {
  const { database } = name
  if (!(await catalog.hasDatabase(database)))
    throw new TaskError('Output.Unwritable', `the Glue catalog has no database ${database}`, {
      hint: `create it: aws glue create-database --database-input '{"Name": "${database}"}'`,
    })
  const found = await catalog.table(name)
  if (found !== undefined) assertOurs(found, name, pipeline)
}

/** Output.Conflict when the columns of an output have names that no table of the catalog can have. */
export function checkColumns(name: CatalogTable, columns: readonly Column[]): void {
  const same = sameName(columns)
  if (same === undefined) return
  throw new TaskError(
    'Output.Conflict',
    `the table ${nameInCatalog(name)} cannot have both columns ${same[0]} and ${same[1]}: the catalog ignores case`,
    { hint: 'rename one of them before the export' },
  )
}

/** May be called again for the same output, whether it was cut off or done. A table that shows the output already is not changed. */
export async function publishTable(
  name: CatalogTable,
  { manifest, isCurrent, write, remove }: Appeared,
  owner: TableOwner,
  catalog: Catalog = openCatalog(),
): Promise<CataloguedTable> {
  const { pipeline, location } = owner
  const hash = hashOfManifest(manifest)
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const before = await catalog.table(name)
    const said = before?.Parameters ?? {}
    if (before !== undefined) assertOurs(before, name, pipeline)
    if (said[OWN.manifest] === hash && said[OWN.location] === location) return catalogued(name, manifest.rows)
    const sequence = Number(said[OWN.sequence] ?? 0) + 1
    const identity = `${pipeline} ${nameInCatalog(name)} ${location}`
    const { files, metadata } = tableFiles(manifest, { location, identity, sequence, now: owner.now() })
    for (const file of files) await write(file.name, file.bytes)
    // the version of the table was read before: whoever publishes from here on changes it, and this change fails
    if (!(await isCurrent())) break
    const table = inputOf(name, before, manifest, {
      [OWN.pipeline]: pipeline,
      [OWN.run]: owner.run,
      [OWN.location]: location,
      [OWN.manifest]: hash,
      [OWN.sequence]: String(sequence),
      [OWN.metadata]: fileIn(location, metadata),
    })
    const done = before === undefined ? await catalog.create(name, table) : await catalog.update(name, table, before.VersionId)
    if (done) {
      for (const old of replacedFiles(said, location)) await remove(old)
      return catalogued(name, manifest.rows)
    }
    await sleep(50 * attempt)
  }
  throw new TaskError('Output.Conflict', `the table ${nameInCatalog(name)} was changed by others at the same time`, {
    hint: 'resume the run; let one run of the pipeline work at a time (concurrency: {max_active_runs: 1})',
  })
}

/** Output.Conflict for a table that this pipeline did not make, or that another program has changed since. */
function assertOurs({ Parameters: said = {} }: Table, name: CatalogTable, pipeline: string): void {
  const by = said[OWN.pipeline]
  const isChanged = said['metadata_location'] !== said[OWN.metadata]
  if (by === pipeline && !isChanged) return
  const why =
    by === undefined
      ? 'siftstep did not make it'
      : by === pipeline
        ? 'another program has changed its rows or columns'
        : `the pipeline ${by} made it`
  const { database, table } = name
  throw new TaskError('Output.Conflict', `cannot publish to the table ${nameInCatalog(name)} of the Glue catalog: ${why}`, {
    hint: `choose another name, or remove the table: aws glue delete-table --database-name ${database} --name ${table}; nothing was changed`,
  })
}

/** What people and other programs said of the table stays. */
function inputOf(
  { table }: CatalogTable,
  before: Table | undefined,
  manifest: Manifest,
  said: { readonly [name: string]: string },
): TableInput {
  const comments = new Map((before?.StorageDescriptor?.Columns ?? []).map(({ Name, Comment }) => [Name, Comment]))
  return {
    Name: table,
    ...(before?.Description === undefined ? {} : { Description: before.Description }),
    ...(before?.Owner === undefined ? {} : { Owner: before.Owner }),
    TableType: 'EXTERNAL_TABLE',
    Parameters: { ...before?.Parameters, ...said, table_type: 'ICEBERG', metadata_location: said[OWN.metadata] ?? '' },
    StorageDescriptor: {
      Location: said[OWN.location]?.replace(/\/$/, '') ?? '',
      Columns: tableColumns(manifest).map(({ name, type }, at) => {
        const comment = comments.get(name)
        return {
          Name: name,
          Type: spelled(type).glue,
          ...(comment === undefined ? {} : { Comment: comment }),
          // as Iceberg writes them
          Parameters: { 'iceberg.field.id': String(at + 1), 'iceberg.field.optional': 'true', 'iceberg.field.current': 'true' },
        }
      }),
    },
  }
}

/** The metadata of the output before, if it lay here. */
function replacedFiles(said: { readonly [name: string]: string }, location: string): readonly string[] {
  const start = fileIn(location, HIDDEN)
  const metadata = said[OWN.metadata]
  return metadata?.startsWith(start) === true ? filesBeside(metadata.slice(fileIn(location, '').length)) : []
}
