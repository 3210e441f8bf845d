/**
 * The footer of a Parquet file as a struct that can be changed:
 * https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
import type { ByteSource } from './source.ts'
import { I64, LIST, readStruct, STRUCT, structsIn, type ThriftStruct, writeStruct } from './thrift.ts'

/** Field numbers of FileMetaData. */
export const SCHEMA = 2
const NUM_ROWS = 3
export const ROW_GROUPS = 4

export const MAGIC = Buffer.from('PAR1')
/** The length of the footer and the magic bytes after it. */
const TAIL_BYTES = 8

/** The same footer for only the row groups with these numbers (from 0, ascending), which contain `rows` rows. */
export function footerOf(footer: Uint8Array, groups: readonly number[], rows: number): ThriftStruct {
  const { struct } = readStruct(footer)
  const all = structsIn(struct, ROW_GROUPS)
  struct.set(NUM_ROWS, { type: I64, value: BigInt(rows) })
  struct.set(ROW_GROUPS, { type: LIST, value: { type: STRUCT, items: groups.map((group) => all[group] ?? new Map()) } })
  return struct
}

/** The bytes of the footer, and where it starts. */
export async function footerIn(source: ByteSource): Promise<{ readonly footer: Uint8Array; readonly start: number }> {
  const tail = await source.read(source.size - TAIL_BYTES, TAIL_BYTES)
  const length = Buffer.from(tail).readUInt32LE(0)
  const start = source.size - TAIL_BYTES - length
  if (start < MAGIC.length) throw new Error('the footer is longer than the file')
  return { footer: await source.read(start, length), start }
}

/** A footer with its length and the magic bytes, as it stands at the end of a file. */
export function endOf(footer: ThriftStruct): Uint8Array {
  const written = writeStruct(footer)
  const size = Buffer.alloc(4)
  size.writeUInt32LE(written.length)
  return Buffer.concat([written, size, MAGIC])
}
