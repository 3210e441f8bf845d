/** A page of a Parquet file as DuckDB reads it: unpacked, and with its values one after another. */
import zlib from 'node:zlib'
import { decompress as unzstd } from 'fzstd'
import { snappyUncompress } from 'hyparquet'
import { unpackLz4, unpackPageLz4 } from './lz4.ts'
import { PAGE, type Page } from './parquet-pages.ts'
import { FALSE, I32, numberIn, structIn, type ThriftStruct, writeStruct } from './thrift.ts'

export const UNPACKED = 0
export const LZ4 = 5
export const BYTE_STREAM_SPLIT = 9
const [SNAPPY, GZIP, BROTLI, ZSTD, LZ4_RAW] = [1, 2, 4, 6, 7]
const [PLAIN, RLE] = [0, 3]
/** Field numbers of the headers of data pages of both versions. */
const V1 = { encoding: 2, definitions: 3, repetitions: 4 } as const
const V2 = { encoding: 4, definitions: 5, repetitions: 6, packed: 7 } as const

/** A leaf of the schema. */
export interface Leaf {
  /** Bytes of a value, where its bytes may have to be put together; otherwise 0. */
  readonly width: number
  /** Whether its pages have levels of repetition and of definition. */
  readonly isRepeated: boolean
  readonly isOptional: boolean
}

/** The page with its header. Throws when it is damaged, or packed in a way that is not known. */
export function plainPage({ header, data }: Page, codec: number, leaf: Leaf): Uint8Array {
  const v2 = structIn(header, PAGE.data_v2)
  const said = v2 ?? structIn(header, PAGE.data)
  const levels = v2 === undefined ? 0 : (numberIn(v2, V2.definitions) ?? 0) + (numberIn(v2, V2.repetitions) ?? 0)
  const isPacked = v2?.get(V2.packed)?.type !== FALSE
  const size = (numberIn(header, PAGE.unpacked) ?? 0) - levels
  const values = isPacked ? unpacked(data.subarray(levels), size, codec) : data.subarray(levels)
  let page: Uint8Array = Buffer.concat([data.subarray(0, levels), values])
  const encoding = v2 === undefined ? V1.encoding : V2.encoding
  if (said !== undefined && numberIn(said, encoding) === BYTE_STREAM_SPLIT && leaf.width > 0) {
    const begin = v2 === undefined ? levelsEnd(page, said, leaf) : levels
    page = Buffer.concat([page.subarray(0, begin), joined(page.subarray(begin), leaf.width)])
    said.set(encoding, { type: I32, value: BigInt(PLAIN) })
  }
  v2?.set(V2.packed, { type: FALSE, value: new Uint8Array() })
  header.delete(PAGE.crc)
  for (const id of [PAGE.unpacked, PAGE.packed]) header.set(id, { type: I32, value: BigInt(page.length) })
  return Buffer.concat([writeStruct(header), page])
}

/** Where the values of a page of the first version begin: behind the levels, each with its length in front. */
function levelsEnd(page: Uint8Array, header: ThriftStruct, { isRepeated, isOptional }: Leaf): number {
  const view = Buffer.from(page.buffer, page.byteOffset, page.length)
  let at = 0
  for (const [there, encoding] of [
    [isRepeated, V1.repetitions],
    [isOptional, V1.definitions],
  ] as const) {
    if (!there) continue
    if (numberIn(header, encoding) !== RLE) throw new Error('levels in an encoding that is no longer written')
    at += 4 + view.readUInt32LE(at)
  }
  return at
}

/** Values whose first bytes come first, then all second bytes, and so on. */
function joined(streams: Uint8Array, width: number): Uint8Array {
  const count = streams.length / width
  if (!Number.isInteger(count)) throw new Error('streams of bytes have different lengths')
  const values = new Uint8Array(streams.length)
  for (let byte = 0; byte < width; byte++) for (let at = 0; at < count; at++) values[at * width + byte] = streams[byte * count + at] ?? 0
  return values
}

function unpacked(data: Uint8Array, size: number, codec: number): Uint8Array {
  if (codec === UNPACKED || size === 0) return data
  const page = unpackers.get(codec)?.(data, size)
  if (page === undefined) throw new Error(`pages are packed with codec ${codec}`)
  if (page.length !== size) throw new Error(`a page has ${page.length} bytes, not ${size}`)
  return page
}

type Unpack = (data: Uint8Array, size: number) => Uint8Array

const into =
  (unpack: (data: Uint8Array, to: Uint8Array) => unknown): Unpack =>
  (data, size) => {
    const page = new Uint8Array(size)
    unpack(data, page)
    return page
  }

const unpackers: ReadonlyMap<number, Unpack> = new Map<number, Unpack>([
  [SNAPPY, into(snappyUncompress)],
  [GZIP, (data) => zlib.gunzipSync(data)],
  [BROTLI, (data) => zlib.brotliDecompressSync(data)],
  [LZ4, into(unpackPageLz4)],
  [ZSTD, (data) => unzstd(data)],
  [LZ4_RAW, into(unpackLz4)],
])
