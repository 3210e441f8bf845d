/** Copies some row groups of a Parquet file to a file of their own, for sources that native code cannot access. */
import { type ColumnChunk, parquetMetadata } from 'hyparquet'
import { blocksOf } from '#io/bytes/copy.ts'
import { createSparseFile } from '#io/bytes/file.ts'
import type { ByteRange, ByteSource } from './source.ts'
import { sound } from './inspect-parquet.ts'
import { endOf, footerIn, footerOf, MAGIC } from './parquet-footer.ts'

const COPY_BYTES = 1 << 22
/**
 * Old writers did not count the header of the dictionary, of at most this size, in the size of a column (PARQUET-816): it is copied in any
 * case.
 */
const UNCOUNTED = 100
/** Smaller gaps are copied: a request costs more. */
const GAP = 1 << 16

/**
 * Writes the row groups that contain the rows from `start` to `end` (from 0) to a file. They keep their offsets, because the footer refers
 * to them; the gaps between them take no space on a file system with sparse files.
 */
export async function copyRowGroups(source: ByteSource, rows: ByteRange, path: string): Promise<void> {
  return sound(path, 'a part of it', source.size, () => copyGroups(source, rows, path))
}

async function copyGroups(source: ByteSource, rows: ByteRange, path: string): Promise<void> {
  const { footer, start } = await footerIn(source)
  const { row_groups } = parquetMetadata(Uint8Array.from(await source.read(start, source.size - start)).buffer)
  const groups: number[] = []
  const ranges: ByteRange[] = []
  let [first, count] = [0, 0]
  for (const [at, { num_rows, columns }] of row_groups.entries()) {
    const records = Number(num_rows)
    if (first >= rows.start && first + records <= rows.end) {
      groups.push(at)
      count += records
      ranges.push(...columns.flatMap(rangesOf))
    }
    first += records
  }
  const file = await createSparseFile(path)
  try {
    await file.write(MAGIC, 0)
    let end = MAGIC.length
    for (const range of joinedRanges(ranges, start)) {
      let at = range.start
      for await (const block of blocksOf(source, range.start, COPY_BYTES, range.end)) {
        await file.write(block, at)
        at += block.length
      }
      end = range.end
    }
    await file.write(endOf(footerOf(footer, groups, count)), end)
  } finally {
    await file.close()
  }
}

/** The byte ranges of a column in a row group. */
function rangesOf({
  meta_data,
  offset_index_offset,
  offset_index_length,
  column_index_offset,
  column_index_length,
}: ColumnChunk): ByteRange[] {
  const pages = Number(meta_data?.dictionary_page_offset ?? meta_data?.data_page_offset ?? 0)
  const found: readonly (readonly [offset: bigint | number | undefined, length: bigint | number | undefined])[] = [
    [pages, Number(meta_data?.total_compressed_size ?? 0) + UNCOUNTED],
    [meta_data?.bloom_filter_offset, meta_data?.bloom_filter_length],
    [offset_index_offset, offset_index_length],
    [column_index_offset, column_index_length],
  ]
  return found.flatMap(([offset, length]) =>
    offset === undefined || length === undefined || Number(length) === 0
      ? []
      : [{ start: Number(offset), end: Number(offset) + Number(length) }],
  )
}

/** Ascending and merged, none past the end of the data. */
function joinedRanges(ranges: readonly ByteRange[], most: number): readonly ByteRange[] {
  const found: { start: number; end: number }[] = []
  for (const { start, end: wanted } of [...ranges].sort((a, b) => a.start - b.start)) {
    const end = Math.min(wanted, most)
    const last = found.at(-1)
    if (last !== undefined && start - last.end <= GAP) last.end = Math.max(last.end, end)
    else found.push({ start, end })
  }
  return found
}
