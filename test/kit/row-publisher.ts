/** Publishes the rows of a SELECT, or of a Parquet file, to a table of a connector, as an export does. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Options, TableConnector } from '#io/connectors/connector.ts'
import { type SinkColumn, tableSink } from '#io/connectors/table-sink.ts'
import type { MergeCounts, Output } from '#io/connectors/target.ts'
import type { Mode } from '#io/publish/manifest.ts'
import { text } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import { type TestDatabase, testDatabase } from './database.ts'

interface Place {
  readonly connector: TableConnector
  readonly engine: TestDatabase
  readonly options: Options
  uri(table: string): string
}

/** Each publication is a run of its own; merges are by `id`. `more` says what is other. */
export function rowPublisher(place: () => Place) {
  let files = 0
  async function publishFile(
    table: string,
    path: string,
    rows: number,
    columns: readonly Column[],
    mode: Mode,
    more: Partial<Output> = {},
  ): Promise<MergeCounts | undefined> {
    const { connector, engine, options, uri } = place()
    const bytes = readFileSync(path)
    const file = { name: `part-${++files}`, rows, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    return connector.target?.publish(uri(table), {
      ...{ options, mode, keys: mode === 'merge' ? ['id'] : [], run: `r-${files}`, step: 'publish', pipeline: 'sales' },
      files: [{ ...file, uri: null, open: async () => ({ path, release: async () => {} }) }],
      manifest: { siftstep: 1, pipeline: 'sales', format: 'table', rows, bytes: bytes.length, columns, files: [file] },
      openSession: async () => engine.session,
      ...more,
    })
  }
  let selects = 0
  async function publish(table: string, select: string, columns: readonly Column[], mode: Mode, more: Partial<Output> = {}) {
    const { engine } = place()
    const path = join(engine.folder, `rows-${++selects}.parquet`)
    await engine.session.run(`COPY (${select}) TO ${text(path)} (FORMAT parquet)`)
    const [counted] = await engine.session.rows(`SELECT count(*)::INTEGER AS rows FROM read_parquet(${text(path)})`)
    return publishFile(table, path, Number(counted?.['rows']), columns, mode, more)
  }
  return { publish, publishFile }
}

export const ID_NAME: readonly Column[] = [
  { name: 'id', type: 'integer' },
  { name: 'name', type: 'text' },
]

/** A SELECT of these rows. */
export const idNames = (...list: readonly (readonly [number, string | null])[]) =>
  `SELECT id, name FROM (VALUES ${list.map(([id, name]) => `(${id}::BIGINT, ${name === null ? 'NULL' : text(name)})`).join(', ')}) AS t(id, name)`

/** The rows of a table as a Parquet file in a folder, as a run keeps them, with their columns. */
export async function copied(connector: TableConnector, uri: string, options: Options, folder: string) {
  const path = join(folder, `copy-${createHash('sha256').update(uri).digest('hex').slice(0, 16)}.parquet`)
  const { session, close } = await testDatabase([folder])
  const columns: SinkColumn[] = []
  try {
    const { sink, finish } = tableSink(session)
    const kept = {
      ...sink,
      start: (given: readonly SinkColumn[]) => {
        columns.push(...given)
        sink.start(given)
      },
    }
    const { rows } = await connector.extract(uri, kept, options)
    await finish(path)
    return { path, columns, rows }
  } finally {
    close()
  }
}
