/** Reads a table into the run's store: from then on it is a Parquet file like any other, and the database is not opened again. */
import { dirname } from 'node:path'
import { digestOf } from '#io/bytes/digest.ts'
import type { Options, TableConnector } from '#io/connectors/connector.ts'
import { tableSink } from '#io/connectors/table-sink.ts'
import type { TaskContext } from '#io/workspace/context.ts'

interface ExtractedTable {
  /** Of the copy, so that it changes when the rows do. */
  readonly fingerprint: string
  readonly notes: readonly string[]
  readonly doubts: readonly string[]
}

/** Writes the rows to the store, at `key`. */
export async function extractTable(
  uri: string,
  connector: TableConnector,
  options: Options,
  key: string,
  context: TaskContext,
): Promise<ExtractedTable> {
  const draft = await context.store.createLocal(key)
  try {
    const { sink, finish } = tableSink(await context.openSession([dirname(draft.path)]))
    const { notes, doubts } = await connector.extract(uri, sink, options)
    await finish(draft.path)
    const { sha256 } = digestOf(draft.path)
    await draft.publish()
    return { fingerprint: sha256, notes, doubts }
  } finally {
    await draft.discard()
  }
}
