/** The pages of a column of a Parquet file, one after another, and their checksums. */
import zlib from 'node:zlib'
import { TaskError } from '#core/errors/errors.ts'
import { footerIn, MAGIC, ROW_GROUPS } from './parquet-footer.ts'
import type { ByteRange, ByteSource } from './source.ts'
import { EndsEarly, numberIn, readStruct, structIn, structsIn, type ThriftStruct } from './thrift.ts'

/** Field numbers of PageHeader. */
export const PAGE = { type: 1, unpacked: 2, packed: 3, crc: 4, data: 5, dictionary: 7, data_v2: 8 } as const
/** Field numbers of RowGroup, of its ColumnChunk and of the ColumnMetaData of that. */
export const COLUMNS = 1
export const CHUNK = { file_path: 1, file_offset: 2, meta: 3, indexes: [4, 5, 6, 7] } as const
export const META = {
  type: 1,
  encodings: 2,
  path: 3,
  codec: 4,
  unpacked: 6,
  packed: 7,
  data: 9,
  index: 10,
  dictionary: 11,
  stats: 13,
} as const

export interface Page {
  readonly header: ThriftStruct
  /** As it lies in the file: packed. */
  readonly data: Uint8Array
  /** Where its header starts. */
  readonly start: number
}

/** Bytes that most headers of pages have room in; one holds statistics of at most two values. */
const HEADER_BYTES = 1 << 10
const MAX_HEADER_BYTES = 1 << 26
/** Pages are read so many bytes at a time. */
const WINDOW_BYTES = 1 << 22

/** Where the pages of a column of a row group lie; a column without any has an offset before the data. */
export function placeOf(meta: ThriftStruct): ByteRange {
  const data = numberIn(meta, META.data) ?? 0
  const dictionary = numberIn(meta, META.dictionary) ?? 0
  const start = dictionary > 0 && (data === 0 || dictionary < data) ? dictionary : data
  return start < MAGIC.length ? { start: 0, end: 0 } : { start, end: start + (numberIn(meta, META.packed) ?? 0) }
}

export async function* pagesOf(source: ByteSource, { start, end }: ByteRange): AsyncGenerator<Page> {
  const read = windowOf(source, end)
  for (let at = start; at < end; ) {
    const { header, bytes } = await headerAt(read, at)
    const length = numberIn(header, PAGE.packed) ?? -1
    if (length < 0 || at + bytes + length > source.size) throw new Error('a page is longer than the file')
    yield { header, data: await read(at + bytes, length), start: at }
    at += bytes + length
  }
}

type Read = (offset: number, length: number) => Promise<Uint8Array>

/** Reads short stretches, one behind another, from longer ones up to `end`. */
function windowOf(source: ByteSource, end: number): Read {
  let from = 0
  let held: Uint8Array = new Uint8Array()
  return async (offset, length) => {
    if (offset < from || offset + length > from + held.length) {
      from = offset
      held = await source.read(offset, Math.max(length, Math.min(WINDOW_BYTES, end - offset)))
    }
    return held.subarray(offset - from, offset - from + length)
  }
}

/** The header may end behind the bytes of the column: writers of old did not count it. */
async function headerAt(read: Read, at: number): Promise<{ readonly header: ThriftStruct; readonly bytes: number }> {
  for (let room = HEADER_BYTES; ; room *= 16) {
    const bytes = await read(at, room)
    try {
      const { struct, end } = readStruct(bytes)
      return { header: struct, bytes: end }
    } catch (error) {
      if (!(error instanceof EndsEarly) || room >= MAX_HEADER_BYTES || bytes.length < room) throw error
    }
  }
}

/**
 * Verifies the checksums of all pages. Only row groups whose first page has one are read. Throws Data.Unreadable that names the column, the
 * row group and the place.
 */
export async function verifyPages(source: ByteSource, uri: string): Promise<void> {
  const { struct } = readStruct((await footerIn(source)).footer)
  for (const [group, rows] of structsIn(struct, ROW_GROUPS).entries()) {
    const metas = structsIn(rows, COLUMNS).flatMap((chunk) => structIn(chunk, CHUNK.meta) ?? [])
    const [first] = metas
    if (first === undefined || placeOf(first).start >= placeOf(first).end) continue
    if (!(await headerAt((offset, length) => source.read(offset, length), placeOf(first).start)).header.has(PAGE.crc)) continue
    for (const meta of metas) await verifyColumn(source, uri, meta, group)
  }
}

async function verifyColumn(source: ByteSource, uri: string, meta: ThriftStruct, group: number): Promise<void> {
  for await (const { header, data, start } of pagesOf(source, placeOf(meta))) {
    const crc = numberIn(header, PAGE.crc)
    if (crc === undefined || crc >>> 0 === zlib.crc32(data)) continue
    throw new TaskError(
      'Data.Unreadable',
      `${uri} is damaged: the checksum of a page of column ${columnOf(meta)}, row group ${group + 1}, at byte ${start}, is not that of its data`,
      { hint: 'get the file again: its bytes were changed after it was written' },
    )
  }
}

function columnOf(meta: ThriftStruct): string {
  const path = meta.get(META.path)?.value
  const names = path !== undefined && typeof path === 'object' && 'items' in path ? path.items : []
  return names.map((name) => (name instanceof Uint8Array ? Buffer.from(name).toString('utf8') : '')).join('.')
}
