/**
 * Merging rows into a folder of Parquet files: rows with a key that is there take the place of those rows, in the file and at the position where they
 * are; the others are added in a file behind them. Only files in which a row changes are written again. The manifest names each run that merged, with
 * its counts, so a run that merges again changes nothing.
 */
import { dirname, join } from 'node:path'
import type { Part } from '#data/pass/outcome.ts'
import { copyTo, type Destination, extensionOf } from '#data/pass/pass.ts'
import { unless } from '#core/errors/errors.ts'
import { copyRange } from '#io/bytes/copy.ts'
import { createFile } from '#io/bytes/file.ts'
import type { FileConnector } from '#io/connectors/connector.ts'
import { fileConnectorOf } from '#io/connectors/index.ts'
import type { Output } from '#io/connectors/target.ts'
import type { Session } from '#io/duckdb/session.ts'
import {
  appendedBy,
  assertSameTable,
  conflict,
  fileIn,
  hashOfManifest,
  MANIFEST,
  type Manifest,
  type ManifestFile,
  MAX_MERGES,
  type MergeRecord,
  type NewFile,
  otherPipeline,
  parseManifest,
} from '#io/publish/manifest.ts'
import { missingKey, repeatedKey } from '#io/publish/merge-keys.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { anyOf, name as quoted, text } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import { moveFile } from './publish-pieces.ts'
import { describePart } from './segment.ts'

/** The run's own rows and the files it wrote, as a manifest; what the folder lists is in the folder. */
export async function publishMerged(
  { to, keys, parts: form, shown }: Destination,
  parts: readonly Part[],
  columns: readonly Column[],
  step: string,
  context: TaskContext & Pick<Output, 'appeared'>,
): Promise<Manifest> {
  const { pipeline, run, appeared } = context
  const connector = await fileConnectorOf(to, run.folder)
  const base = await manifestAt(connector, to)
  if (base !== undefined && base.pipeline !== pipeline.id) throw otherPipeline(to, base)
  const by = `${run.id}/${step}`
  const facts = { siftstep: 1, pipeline: pipeline.id, format: shown, columns } as const
  const publish = (files: readonly NewFile[], manifest: Manifest) =>
    connector.target.publish(to, {
      ...{ pipeline: pipeline.id, mode: 'merge', keys, run: run.id, step },
      ...{ files, manifest, openSession: context.openSession, ...(appeared && { appeared }) },
    })
  const done = base?.merged?.find((record) => record.by === by)
  if (base !== undefined && done !== undefined) {
    // an attempt that was killed behind the manifest left files of before
    await publish([], base)
    return ownOutput(facts, done, base)
  }
  if (base !== undefined) assertSameTable(base, { ...facts, rows: 0, bytes: 0, files: [] }, `merge into ${to}`)
  const merged = await mergeFiles({ connector, to, base, keys, form, sink: step }, parts, columns, context)
  const record: MergeRecord = {
    by,
    from: base === undefined ? null : hashOfManifest(base),
    ...merged.counts,
    files: merged.written.map(({ name }) => name),
  }
  const total = (of: (file: ManifestFile) => number) => merged.files.reduce((sum, file) => sum + of(file), 0)
  const manifest: Manifest = {
    ...facts,
    rows: total(({ rows }) => rows),
    bytes: total(({ bytes }) => bytes),
    merged: [...(base?.merged ?? []), record].slice(-MAX_MERGES),
    files: merged.files,
  }
  const { store } = context
  await publish(
    merged.written.map(({ key, ...file }) => ({ ...file, uri: store.address(key), open: () => store.openLocal(key) })),
    manifest,
  )
  return ownOutput(facts, record, manifest)
}

function ownOutput(facts: Omit<Manifest, 'rows' | 'bytes' | 'files'>, record: MergeRecord, { files }: Manifest): Manifest {
  const { inserted, updated, unchanged } = record
  const written = files.filter(({ name }) => record.files.includes(name))
  const bytes = written.reduce((sum, file) => sum + file.bytes, 0)
  return { ...facts, rows: inserted + updated + unchanged, bytes, merged: [record], files: written }
}

async function manifestAt(connector: FileConnector, to: string): Promise<Manifest | undefined> {
  const source = await unless('Data.NoSources', connector.open(fileIn(to, MANIFEST)))
  return source && parseManifest(Buffer.from(await source.read(0, source.size)).toString('utf8'), to)
}

type Written = ManifestFile & { readonly key: string }

interface Merged {
  /** What the folder lists then, in order. */
  readonly files: readonly ManifestFile[]
  /** Those of them that are new. */
  readonly written: readonly Written[]
  readonly counts: Pick<MergeRecord, 'inserted' | 'updated' | 'unchanged'>
}

interface Merging {
  readonly connector: FileConnector
  readonly to: string
  readonly base: Manifest | undefined
  readonly keys: readonly string[]
  readonly form: Destination['parts']
  /** The step that publishes. */
  readonly sink: string
}

async function mergeFiles(
  { connector, to, base, keys, form, sink }: Merging,
  parts: readonly Part[],
  columns: readonly Column[],
  context: TaskContext,
): Promise<Merged> {
  const { store, workspace, scratch, step } = context
  const there = base?.files ?? []
  const opened = await Promise.all(parts.map(({ key }) => store.openLocal(key)))
  const sources = await Promise.all(there.map(({ name }) => connector.open(fileIn(to, name))))
  const paths = sources.flatMap(({ path }) => (path === undefined ? [] : [path]))
  const session = await context.openSession([
    scratch,
    ...new Set([...opened.map(({ path }) => path), ...paths].map((path) => dirname(path))),
  ])
  const names = keys.map((key) => existingColumn(key, { columns, step }).name)
  const sql = statements(columns, names)
  const files: ManifestFile[] = []
  const written: Written[] = []
  const taken = new Set(there.map(({ name }) => name))
  const write = async (select: string, rows: number) => {
    const key = workspace.outputFile(step, written.length, extensionOf(form))
    // the engine may write to the scratch folder only
    const path = join(scratch, 'merged')
    await session.run(copyTo(select, path, form, columns.length))
    const { part } = await describePart(session, path, key, form, rows)
    const draft = await store.createLocal(key)
    try {
      await moveFile(path, draft.path)
      await draft.publish()
      const plain = { ...part, name: `part-${String(files.length + 1).padStart(5, '0')}-${part.sha256.slice(0, 12)}.${extensionOf(form)}` }
      const file = { ...plain, name: taken.has(plain.name) ? appendedBy(plain, context.run.id, sink).name : plain.name }
      taken.add(file.name)
      written.push(file)
      const { key: _key, ...listed } = file
      files.push(listed)
    } finally {
      await draft.discard()
    }
  }
  try {
    await session.run('CREATE TEMP TABLE seen (nth BIGINT, changed BOOLEAN)')
    await session.run(sql.load(opened.map(({ path }) => path)))
    await assertKeys(session, names, sql.keyColumns)
    for (const [at, file] of there.entries()) {
      const source = sources[at]
      if (source === undefined || source.size !== file.bytes) throw conflict(to, `${file.name} was changed since it was published`)
      const path = source.path ?? join(scratch, 'there.parquet')
      if (source.path === undefined) {
        const copy = await createFile(path)
        try {
          await copyRange(source, copy, 0, source.size)
        } finally {
          await copy.close()
        }
      }
      await session.run(sql.compare(path))
      const changed = await numberIn(session, 'SELECT count(*) AS n FROM met WHERE changed')
      await session.run('INSERT INTO seen SELECT * FROM met')
      if (changed === 0) files.push(file)
      else await write(sql.replaced(path), file.rows)
      await source.assertUnchanged?.()
    }
    const rows = await numberIn(session, 'SELECT count(*) AS n FROM fresh')
    const updated = await numberIn(session, 'SELECT count(DISTINCT nth) AS n FROM seen WHERE changed')
    const found = await numberIn(session, 'SELECT count(DISTINCT nth) AS n FROM seen')
    const inserted = rows - found
    // without any file, an empty one still declares the columns
    if (inserted > 0 || files.length === 0) await write(sql.inserted, inserted)
    return { files, written, counts: { inserted, updated, unchanged: found - updated } }
  } finally {
    for (const file of opened) await file.release()
  }
}

const numberIn = async (session: Session, sql: string) => Number((await session.rows(sql))[0]?.['n'])

/** The SQL of a merge, over columns that are called `c0`, `c1`, … `fresh` are the rows of the run, `seen` those whose key is there. */
function statements(columns: readonly Column[], keys: readonly string[]) {
  const cells = columns.map(({ name }, at) => `${quoted(name)} AS c${at}`).join(', ')
  const at = (name: string) => columns.findIndex((column) => column.name === name)
  const keyColumns = keys.map((key) => `c${at(key)}`)
  const match = keyColumns.map((key) => `o.${key} = n.${key}`).join(' AND ')
  const others = columns.flatMap(({ name }, position) => (keys.includes(name) ? [] : [`o.c${position} IS DISTINCT FROM n.c${position}`]))
  const old = (path: string) => `(SELECT ${cells}, row_number() OVER () AS nth FROM read_parquet(${text(path)})) AS o`
  const named = (cell: (column: string) => string) =>
    columns.map(({ name }, position) => `${cell(`c${position}`)} AS ${quoted(name)}`).join(', ')
  return {
    keyColumns,
    load: (paths: readonly string[]) =>
      `CREATE TEMP TABLE fresh AS SELECT ${cells}, row_number() OVER () AS nth FROM read_parquet([${paths.map((path) => text(path)).join(', ')}])`,
    compare: (path: string) =>
      `CREATE OR REPLACE TEMP TABLE met AS SELECT n.nth, ${others.length === 0 ? 'false' : anyOf(others)} AS changed FROM ${old(path)} JOIN fresh AS n ON ${match}`,
    replaced: (path: string) =>
      `SELECT ${named((cell) => `CASE WHEN n.nth IS NULL THEN o.${cell} ELSE n.${cell} END`)} FROM ${old(path)} LEFT JOIN fresh AS n ON ${match} ORDER BY o.nth`,
    inserted: `SELECT ${named((cell) => cell)} FROM fresh WHERE nth NOT IN (SELECT nth FROM seen) ORDER BY nth`,
  }
}

/** Output.Conflict when a key does not identify one row of the run: it is missing, or two rows have it. */
async function assertKeys(session: Session, keys: readonly string[], columns: readonly string[]): Promise<void> {
  const without = await numberIn(session, `SELECT count(*) AS n FROM fresh WHERE ${anyOf(columns.map((column) => `${column} IS NULL`))}`)
  if (without > 0) throw missingKey(without, keys)
  const list = columns.join(', ')
  const [twice] = await session.rows(
    `SELECT ${columns.map((column, at) => `CAST(${column} AS VARCHAR) AS k${at}`).join(', ')}, count(*) AS n FROM fresh GROUP BY ${list} HAVING count(*) > 1 ORDER BY ${list} LIMIT 1`,
  )
  if (twice !== undefined)
    throw repeatedKey(
      Number(twice['n']),
      keys,
      columns.map((_, at) => String(twice[`k${at}`])),
    )
}
