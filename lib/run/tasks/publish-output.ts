/** The one moment in which the output appears: parts of a folder, rows of a table, or files at addresses of their own. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Outcome, Part } from '#data/pass/outcome.ts'
import { type Check, copyTo, type Destination, extensionOf, type SinkTarget } from '#data/pass/pass.ts'
import { withStep } from '#core/errors/errors.ts'
import type { JsonObject } from '#core/json.ts'
import type { CataloguedTable } from '#io/catalog/table.ts'
import type { BaseFolder } from '#io/connectors/connector.ts'
import { connectorKindOf, targetAt } from '#io/connectors/index.ts'
import { type Part as NamedPart, publish } from '#io/connectors/publish.ts'
import { conflict, fileIn, MANIFEST, type Manifest } from '#io/publish/manifest.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import { noRows } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import type { SourceList } from './list.ts'
import { verifyOutput } from './verify-output.ts'
import { type CatalogHook, catalogHook } from './publish-catalog.ts'
import { publishMerged } from './publish-merged.ts'
import { publishFiles } from './publish-files.ts'
import { writePartitions } from './publish-partitions.ts'
import { describePart, destinationOf, folderOf } from './segment.ts'

interface PublishedOutput {
  readonly to: string
  readonly manifest: Manifest
  /** Where readers find the manifest; null where there is none beside the output. */
  readonly manifest_uri: string | null
  /** What was read again and found as it was written. */
  readonly verified: readonly Check[]
  /** The table of the Glue catalog that shows it; null without one. */
  readonly catalog: CataloguedTable | null
}

export async function publishOutput(
  sink: { readonly id: string; readonly type: string; readonly with: JsonObject },
  dataset: DatasetPlan,
  outcomes: readonly Outcome[],
  columns: readonly Column[],
  context: TaskContext,
): Promise<PublishedOutput> {
  const destination = await destinationOf(sink)
  try {
    await assertNoSource(destination, dataset, context)
    const written = outcomes.flatMap(({ part }) => (part === null ? [] : [part]))
    // an output without rows still declares its columns
    const parts = written.length > 0 || columns.length === 0 ? written : [await emptyPart(destination.parts, columns, context)]
    const plain = columns.map(({ name, type }) => ({ name, type }))
    const catalog = await catalogHook(destination, plain, context)
    const manifest =
      destination.file === null
        ? await publishFolder(destination, parts, plain, sink.id, context, catalog)
        : await publishFiles({ ...destination, file: destination.file }, dataset, outcomes, parts, plain, context)
    if (destination.verify.includes('row_count')) await assertRows(destination, manifest, context)
    await writeJson(context.store, context.workspace.manifest, manifest)
    await verifyOutput(destination, manifest, context)
    const hasManifest = destination.file === null && connectorKindOf(destination.to).target?.accepts === 'files'
    return {
      to: destination.to,
      manifest,
      manifest_uri: hasManifest ? fileIn(destination.to, MANIFEST) : null,
      verified: destination.verify,
      catalog: catalog.shown(),
    }
  } catch (error) {
    throw withStep(error, sink.id)
  }
}

/** Output.Conflict unless the table has the rows that were published. */
async function assertRows({ to, options, mode }: Destination, { rows }: Manifest, { run }: TaskContext): Promise<void> {
  const found = await (await targetAt(to, run.folder)).rows?.(to, options)
  if (found === undefined || (mode === 'replace' ? found === rows : found >= rows)) return
  const expected = `${mode === 'replace' ? '' : 'at least '}${rows.toLocaleString('en')}`
  throw conflict(to, `the table has ${found.toLocaleString('en')} rows, and ${expected} were published`)
}

/** Output.Conflict when the rows would take the place of what they were read from. */
async function assertNoSource({ to }: Destination, dataset: DatasetPlan, { store, workspace, run }: TaskContext): Promise<void> {
  const target = addressOf(to, run.folder)
  const isTarget = ({ uri }: { readonly uri: string }) => addressOf(uri, run.folder) === target
  const own = workspace.data(null)
  // rows that an earlier step wrote came from the sources of some scan
  const listed = dataset.sources.some(({ uri }) => uri.startsWith(own)) ? await store.list(own) : []
  const lists = listed.filter(({ key }) => workspace.isSources(key))
  const found = await Promise.all(lists.map(async ({ key }) => (await readJson<SourceList>(store, key)).files))
  const read = dataset.sources.filter(({ uri }) => !uri.startsWith(own))
  if ([...read, ...found.flat()].some(isTarget)) throw conflict(to, 'it is a source of this run')
}

/** The same text for every way to write an address. */
function addressOf(uri: string, folder: BaseFolder): string {
  const { namespace, name } = connectorKindOf(uri).dataset(uri, folder)
  return `${namespace} ${name}`
}

async function publishFolder(
  destination: Destination,
  parts: readonly Part[],
  columns: readonly Column[],
  step: string,
  context: TaskContext,
  { appeared }: CatalogHook,
): Promise<Manifest> {
  const announced = appeared === undefined ? {} : { appeared }
  const { to, options, mode, keys, shown, partitions, max_file_bytes, indexes, verify } = destination
  if (mode === 'merge' && connectorKindOf(to).target?.accepts === 'files')
    return publishMerged(destination, parts, columns, step, { ...context, ...announced })
  const output =
    partitions === null
      ? { parts: namedParts(parts, destination.parts), columns }
      : await writePartitions(partitions, max_file_bytes, parts, columns, step, context)
  const { parts: published, ...described } = output
  const named: readonly NamedPart[] = published
  const facts = {
    pipeline: context.pipeline.id,
    format: shown,
    rows: named.reduce((sum, { rows }) => sum + rows, 0),
    bytes: named.reduce((sum, { bytes }) => sum + bytes, 0),
    ...described,
  }
  return publish(to, named, facts, { options, mode, keys, indexes, verify }, { ...context, step, ...announced })
}

/** Parts without rows are left out; of none with rows the first stays. */
function namedParts(parts: readonly Part[], form: SinkTarget) {
  const published = parts.some(({ rows }) => rows > 0) ? parts.filter(({ rows }) => rows > 0) : parts.slice(0, 1)
  return published.map(({ key, rows, bytes, sha256 }, at) => {
    return { key, name: `part-${String(at + 1).padStart(5, '0')}-${sha256.slice(0, 12)}.${extensionOf(form)}`, rows, bytes, sha256 }
  })
}

/** The file of a dataset without any batch. */
async function emptyPart(form: SinkTarget, columns: readonly Column[], context: TaskContext): Promise<Part> {
  const key = context.workspace.part(context.step, 0, extensionOf(form))
  const draft = await context.store.createLocal(key)
  try {
    const session = await context.openSession([folderOf(draft.path)])
    await session.run(copyTo(noRows(columns), draft.path, form))
    const { part } = await describePart(session, draft.path, key, form, 0)
    await draft.publish()
    return part
  } finally {
    await draft.discard()
  }
}
