/** The rows that an earlier step wrote, as a relation for queries: parts in the run's store, or the published files they became. */
import { dirname, join } from 'node:path'
import type { Part } from '#data/pass/outcome.ts'
import { type Bound, toSql } from '#relational/operations/expressions.ts'
import type { RunArtifacts, SegmentArtifacts } from './artifacts.ts'
import { publishedFiles } from './published-files.ts'
import type { Json } from '#core/json.ts'
import { TaskError, unless } from '#core/errors/errors.ts'
import { copyToFile } from '#io/bytes/copy-to-file.ts'
import { openSource } from '#io/connectors/index.ts'
import { writerByName } from '#io/formats/writers/index.ts'
import { lastName } from '#io/publish/file-addresses.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { name as quoted, noRows, sqlType } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'

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
  const selects = opened.map((one) => selectFrom(one, columns))
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

/** A figure over all rows: an aggregate expression with a name. */
export interface NamedFigure {
  readonly name: string
  readonly expression: Bound
}

export interface Figured {
  readonly rows: number
  /** In the order asked for, as text; null where it has no value. */
  readonly figures: readonly (readonly [name: string, value: string | null])[]
  /** The first rows, cells as text. */
  readonly sample: readonly (readonly (string | null)[])[]
}

const ROW = '"_siftstep_row"'

/** Computes figures over written rows, and reads the first `shown` rows. */
export async function figuresOver(
  { columns, relation, folders }: WrittenRows,
  asked: readonly NamedFigure[],
  shown: number,
  context: Pick<TaskContext, 'openSession'>,
): Promise<Figured> {
  const session = await context.openSession(folders)
  const types = new Map(columns.map(({ name, type }) => [name, type]))
  const computed = asked.map(({ expression }, at) => {
    const { sql } = toSql(expression, (column) => quoted(column), types, { order: ROW })
    return `CAST(${sql} AS VARCHAR) AS f${at}`
  })
  const numbered = `SELECT row_number() OVER () AS ${ROW}, * FROM (${relation})`
  const [row = {}] = await session.rows(`SELECT ${['count(*) AS n', ...computed].join(', ')} FROM (${numbered})`)
  const cells = columns.map(({ name }, at) => `CAST(${quoted(name)} AS VARCHAR) AS c${at}`)
  const sample = shown === 0 ? [] : await session.rows(`SELECT ${cells.join(', ')} FROM (${relation}) LIMIT ${shown}`)
  return {
    rows: Number(row['n'] ?? 0),
    figures: asked.map(({ name }, at) => [name, textOf(row[`f${at}`])] as const),
    sample: sample.map((one) => columns.map((_, at) => textOf(one[`c${at}`]))),
  }
}

const textOf = (value: Json | undefined): string | null => (value === null || value === undefined ? null : String(value))

interface Opened {
  readonly path: string
  /** What its format is known by: the local copy of an object has a name of its own. */
  readonly name: string
  readonly release: () => Promise<void>
}

/** A part is moved to a folder when it is published there: then the file of the same content is read. */
async function openPart(part: Part, at: number, artifacts: RunArtifacts, context: TaskContext): Promise<Opened> {
  const local = await unless('Data.MissingObject', context.store.openLocal(part.key))
  if (local !== undefined) return { ...local, name: part.key }
  const published = publishedFiles(artifacts).find(({ sha256 }) => sha256 === part.sha256)
  if (published === undefined)
    throw new TaskError('Data.MissingObject', `the rows of ${part.key} are neither in the store nor in the output`, {
      hint: 'run the pipeline again',
    })
  const source = await openSource(published.uri, context.run.folder)
  const name = lastName(published.uri)
  if (source.path !== undefined) return { path: source.path, name, release: async () => source.assertUnchanged?.() }
  // the engine reads files of this machine only
  const path = join(context.scratch, `${at}-${name}`)
  await copyToFile(source, path)
  return { path, name, release: async () => {} }
}

/** Files of text formats hold texts: each value has exactly one text of its type, which is read back. */
function selectFrom({ path, name }: Opened, columns: readonly Column[]): string {
  const { writer, compression = writer?.compressions[0] ?? '' } = writerByName(name) ?? {}
  if (writer === undefined) throw new Error(`no format has the name of ${name}`)
  const names = columns.map(({ name }) => name)
  const cells = columns.map(({ name, type }) =>
    writer.exact ? quoted(name) : `CAST(${quoted(name)} AS ${sqlType(type)}) AS ${quoted(name)}`,
  )
  return `SELECT ${cells.join(', ')} FROM ${writer.relation(path, compression, names)}`
}
