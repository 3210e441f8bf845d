/** Reads the footer of a Parquet file: columns, rows, row groups. The parser reads the data itself. */
import { type FileMetaData, parquetMetadataAsync, parquetSchema } from 'hyparquet'
import { TaskError } from '#core/errors/errors.ts'
import { verifyPages } from './parquet-pages.ts'
import { hasForeignParts, rewriteParquet } from './rewrite-parquet.ts'
import type { ByteSource, ChunkSpan } from './source.ts'
import type { Staging } from './staging.ts'

export interface ParquetFooter {
  readonly columns: readonly string[]
  readonly records: number
  /** Row groups combined up to about `chunk_rows` rows; never split. */
  readonly chunks: readonly ChunkSpan[]
  readonly notes: readonly string[]
}

/** Compressions that nothing reads. */
const UNKNOWN_CODECS: ReadonlySet<string> = new Set(['LZO'])

/** Throws Data.UnsupportedFormat for encrypted files and old compressions, Data.Unreadable for damaged ones. */
export async function readFooter(source: ByteSource, uri: string, chunkRows: number): Promise<ParquetFooter> {
  return sound(uri, 'its footer', source.size, () => footerAt(source, uri, chunkRows))
}

/** Verifies the checksums of a file, and rewrites what DuckDB cannot read in it. Throws as `readFooter` does, and for wrong checksums. */
export async function inspectParquet(staging: Staging, uri: string, chunkRows: number): Promise<ParquetFooter> {
  const source = staging.current()
  const footer = await readFooter(source, uri, chunkRows)
  return sound(uri, 'its pages', source.size, async () => {
    await verifyPages(source, uri)
    if (!(await hasForeignParts(source))) return footer
    const notes = await staging.rewrite((from, to) => rewriteParquet(from, to))
    const read = await readFooter(staging.current(), uri, chunkRows)
    return { ...read, notes: [...read.notes, ...notes] }
  })
}

/**
 * Runs code that reads a part of a Parquet file. A damaged footer can fail in any way, with any message: every error without a message of
 * ours is reported as Data.Unreadable, with the original as its cause.
 */
export async function sound<Result>(uri: string, part: string, size: number, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    // a read error of the operating system is not damage
    if (error instanceof TaskError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error
    throw new TaskError('Data.Unreadable', `${uri} is damaged: cannot read ${part}, which ends at byte ${size}`, {
      cause: error,
      hint: 'get the file again, or rewrite it with another tool',
    })
  }
}

async function footerAt(source: ByteSource, uri: string, chunkRows: number): Promise<ParquetFooter> {
  const ends = Buffer.concat([await source.read(0, 4), await source.read(Math.max(0, source.size - 4), 4)]).toString('latin1')
  if (ends.includes('PARE')) throw encrypted(uri)
  if (source.size < 12 || !ends.endsWith('PAR1')) {
    throw new TaskError('Data.Unreadable', `${uri} is cut off: it starts like a Parquet file but does not end like one`, {
      hint: 'check whether it was still being written or only partly copied, and get it again',
    })
  }
  const metadata = await metadataOf(source)
  if (
    metadata.row_groups.some(({ columns }) =>
      columns.some(({ crypto_metadata, meta_data }) => crypto_metadata !== undefined || meta_data === undefined),
    )
  )
    throw encrypted(uri)
  const codec = metadata.row_groups
    .flatMap(({ columns }) => columns.map(({ meta_data }) => meta_data?.codec ?? ''))
    .find((name) => UNKNOWN_CODECS.has(name))
  if (codec !== undefined) {
    throw new TaskError('Data.UnsupportedFormat', `${uri} is a Parquet file compressed with ${codec}, which is not supported`, {
      hint: 'rewrite it with snappy, zstd or gzip',
    })
  }
  const records = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0)
  const said = Number(metadata.num_rows)
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name)
  if (!columns.every((name) => typeof name === 'string')) throw new Error('a column has no name')
  const withNul = columns.find((name) => name.includes('\0'))
  if (withNul !== undefined) {
    throw new TaskError(
      'Data.UnsupportedFormat',
      `${uri} has the column ${JSON.stringify(withNul)}, but column names cannot contain NUL characters`,
      { hint: 'rewrite the file with another name for it' },
    )
  }
  const counts = metadata.row_groups.map(({ num_rows }) => Number(num_rows))
  if (!counts.every((rows) => Number.isSafeInteger(rows) && rows >= 0) || !Number.isSafeInteger(records))
    throw new Error('a row group has an impossible number of rows')
  return {
    columns,
    records,
    chunks: chunksOf(metadata, chunkRows),
    notes: said === records ? [] : [`the footer says ${said} rows, but its row groups have ${records}`],
  }
}

async function metadataOf(source: ByteSource): Promise<FileMetaData> {
  const file = {
    byteLength: source.size,
    slice: async (start: number, end = source.size) => {
      const bytes = await source.read(start, end - start)
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
    },
  }
  return parquetMetadataAsync(file)
}

const encrypted = (uri: string) =>
  new TaskError('Data.UnsupportedFormat', `${uri} is an encrypted Parquet file, which is not supported`, { hint: 'decrypt it first' })

function chunksOf({ row_groups }: FileMetaData, chunkRows: number): ChunkSpan[] {
  const chunks: ChunkSpan[] = []
  let first = 1
  for (const { num_rows, columns } of row_groups) {
    const records = Number(num_rows)
    const starts = columns.map(({ meta_data }) => Number(meta_data?.dictionary_page_offset ?? meta_data?.data_page_offset ?? 0))
    const start = Math.min(...starts)
    const end = start + columns.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size ?? 0), 0)
    const last = chunks.at(-1)
    if (last !== undefined && last.records + records <= chunkRows)
      chunks[chunks.length - 1] = { ...last, end, records: last.records + records }
    else if (records > 0) chunks.push({ start, end, first, line: 0, records })
    first += records
  }
  return chunks
}
