/** The rows that an earlier step wrote, as a relation for queries: parts in the run's store, or the published files they became. */
import { open as openFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RunArtifacts, SegmentArtifacts } from '#data/ledger/artifacts.ts'
import { publishedFiles } from '#data/ledger/published-files.ts'
import { TaskError } from '#core/errors/errors.ts'
import { blocksOf } from '#io/bytes/copy.ts'
import { openSource } from '#io/connectors/index.ts'
import { writerByName } from '#io/formats/writers/index.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { name as quoted, noRows, sqlType } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import type { Part } from './outcome.ts'

export interface WrittenRows {
  readonly columns: readonly Column[]
  /** A SELECT of all columns by name, in their types, in the order written. */
  readonly relation: string
  readonly folders: readonly string[]
  /** The account of the unit that wrote them. */
  readonly account: SegmentArtifacts['file']['accounts']['rows']
  release(): Promise<void>
}

/** Undefined if the step has written no rows: it was skipped, has failed, or writes none. */
export async function openWritten(step: string, artifacts: RunArtifacts, context: TaskContext): Promise<WrittenRows | undefined> {
  const { segments } = artifacts
  const unit =
    segments.find(({ file }) => file.output?.step === step) ?? segments.find(({ file }) => file.steps.some(({ id }) => id === step))
  if (unit === undefined) return undefined
  const { columns, accounts } = unit.file
  const parts = unit.outcomes.flatMap(({ part }) => (part === null || part.rows === 0 ? [] : [part]))
  const opened: Opened[] = []
  for (const [at, part] of parts.entries()) opened.push(await openPart(part, at, artifacts, context))
  const selects = opened.map(({ path }) => selectFrom(path, columns))
  return {
    columns,
    relation: selects.length === 0 ? noRows(columns) : selects.join(' UNION ALL '),
    folders: [...new Set(opened.map(({ path }) => dirname(path)))],
    account: accounts.rows,
    release: async () => {
      for (const { release } of opened) await release()
    },
  }
}

interface Opened {
  readonly path: string
  readonly release: () => Promise<void>
}

/** A part is moved to a folder when it is published there: then the file of the same content is read. */
async function openPart(part: Part, at: number, artifacts: RunArtifacts, context: TaskContext): Promise<Opened> {
  const local = await context.store.openLocal(part.key).catch((error: unknown) => {
    if (error instanceof TaskError && error.name === 'Data.MissingObject') return undefined
    throw error
  })
  if (local !== undefined) return local
  const published = publishedFiles(artifacts).find(({ sha256 }) => sha256 === part.sha256)
  if (published === undefined)
    throw new TaskError('Data.MissingObject', `the rows of ${part.key} are neither in the store nor in the output`, {
      hint: 'run the pipeline again',
    })
  const source = await openSource(published.uri, context.run.folder)
  if (source.path !== undefined) return { path: source.path, release: async () => source.assertUnchanged?.() }
  // the engine reads files of this machine only
  const path = join(context.scratch, `${at}-${published.uri.slice(published.uri.lastIndexOf('/') + 1)}`)
  const file = await openFile(path, 'w')
  try {
    for await (const block of blocksOf(source)) await file.write(block)
  } finally {
    await file.close()
  }
  return { path, release: async () => {} }
}

/** Files of text formats hold texts: each value has exactly one text of its type, which is read back. */
function selectFrom(path: string, columns: readonly Column[]): string {
  const { writer, compression = writer?.compressions[0] ?? '' } = writerByName(path) ?? {}
  if (writer === undefined) throw new Error(`no format has the name of ${path}`)
  const names = columns.map(({ name }) => name)
  const cells = columns.map(({ name, type }) =>
    writer.exact ? quoted(name) : `CAST(${quoted(name)} AS ${sqlType(type)}) AS ${quoted(name)}`,
  )
  return `SELECT ${cells.join(', ')} FROM ${writer.relation(path, compression, names)}`
}
