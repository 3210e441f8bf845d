/** Writes a small table as a Parquet file of a run, without the native engine. */
import { type ByteSink, createFile } from '#io/bytes/file.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { Store } from '#io/store/store.ts'

export type Row = { readonly [column: string]: string | number | boolean }
export type Schema = { readonly [column: string]: { readonly type: 'UTF8' | 'INT64' | 'BOOLEAN'; readonly optional?: boolean } }

interface Parquet {
  readonly ParquetSchema: new (schema: object) => object
  readonly ParquetWriter: {
    openStream(
      schema: object,
      stream: ReturnType<typeof streamTo>,
    ): Promise<{ setRowGroupSize(rows: number): void; appendRow(row: object): Promise<void>; close(): Promise<void> }>
  }
  readonly ParquetReader: { openFile(path: string): Promise<{ getRowCount(): { toNumber?(): number } | number; close(): Promise<void> }> }
}

/** Writes the rows to the key. Throws Output.NoSpace and similar errors if it cannot be written. */
export async function writeParquet(store: Store, key: string, schema: Schema, rows: readonly Row[]): Promise<void> {
  // @ts-expect-error the package has no types
  const { ParquetSchema, ParquetWriter, ParquetReader } = (await import('parquetjs-lite')).default as Parquet
  const draft = await store.createLocal(key)
  try {
    const stream = streamTo(await createFile(draft.path))
    const writer = await ParquetWriter.openStream(new ParquetSchema(schema), stream)
    writer.setRowGroupSize(10_000)
    // one by one: rows appended without waiting are written more than once
    for (const row of rows) await writer.appendRow(row)
    await writer.close()
    await stream.finished()
    const reader = await ParquetReader.openFile(draft.path)
    const counted = Number(reader.getRowCount())
    await reader.close()
    if (counted !== rows.length)
      throw new TaskError('Accounting.Imbalance', `${key}: the file has ${counted} rows, but ${rows.length} were written`)
    await draft.publish()
  } finally {
    await draft.discard()
  }
}

/**
 * The part of a stream that the writer uses. The writer does not await all writes, so a failed write would be an unhandled error and end
 * the process: it is kept, and thrown by `finished`.
 */
function streamTo(sink: ByteSink) {
  let failure: unknown
  let written: Promise<void> = Promise.resolve()
  const then = (work: () => Promise<void>) => {
    written = written.then(work).catch((error: unknown) => {
      failure ??= error
    })
  }
  return {
    write(bytes: Uint8Array, done: () => void) {
      then(() => (failure === undefined ? sink.write(bytes) : Promise.resolve()))
      written.then(done)
    },
    end(done: () => void) {
      then(() => sink.close())
      written.then(done)
    },
    async finished(): Promise<void> {
      await written
      if (failure !== undefined) throw failure
    },
  }
}
