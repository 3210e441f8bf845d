/** Parquet that DuckDB does not read: the old LZ4, streams of bytes of whole numbers, maps without values; and pages with checksums. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import zlib from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unpackLz4, unpackPageLz4 } from '#io/formats/lz4.ts'
import { endOf, footerIn, ROW_GROUPS, SCHEMA } from '#io/formats/parquet-footer.ts'
import { CHUNK, COLUMNS, META, PAGE, pagesOf, placeOf } from '#io/formats/parquet-pages.ts'
import { I32, I64, numberIn, readStruct, structIn, structsIn, type ThriftStruct, writeStruct } from '#io/formats/thrift.ts'
import { inspectFile, memorySource, openParser, workplace } from './kit.ts'

const place = workplace()
let parser: Awaited<ReturnType<typeof openParser>>
beforeAll(async () => {
  parser = await openParser()
})
afterAll(() => {
  parser.close()
  place.clear()
})

const ROWS = `SELECT range::INTEGER AS a, range * 1000000007 AS b, CASE WHEN range % 3 > 0 THEN range::INTEGER END AS c,
  [range::INTEGER, NULL, 7] AS d, 'name ' || (range % 40) AS e, range / 7 AS f FROM range(5000)`

async function written(options: string, rows = ROWS): Promise<Uint8Array> {
  const path = place.write('', 'written.parquet')
  await parser.rows(`COPY (${rows}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048${options})`)
  return readFileSync(path)
}

type Change = (header: ThriftStruct, data: Uint8Array, meta: ThriftStruct) => Uint8Array

/** The file with its pages, and what the footer says of its columns and its schema, changed. */
async function remade(
  bytes: Uint8Array,
  page: Change,
  rest: { meta?(meta: ThriftStruct): void; schema?(elements: readonly ThriftStruct[]): void } = {},
) {
  const source = memorySource(bytes)
  const { footer } = await footerIn(source)
  const { struct } = readStruct(footer)
  const parts: Uint8Array[] = [Buffer.from('PAR1')]
  let at = 4
  for (const group of structsIn(struct, ROW_GROUPS))
    for (const chunk of structsIn(group, COLUMNS)) {
      const meta = structIn(chunk, CHUNK.meta) ?? new Map()
      const start = at
      const range = placeOf(meta)
      meta.delete(META.dictionary)
      meta.delete(META.data)
      for await (const { header, data } of pagesOf(source, range)) {
        const changed = page(header, data, meta)
        header.set(PAGE.packed, { type: I32, value: BigInt(changed.length) })
        const field = header.has(PAGE.dictionary) ? META.dictionary : META.data
        if (!meta.has(field)) meta.set(field, { type: I64, value: BigInt(at) })
        const both = Buffer.concat([writeStruct(header), changed])
        parts.push(both)
        at += both.length
      }
      meta.set(META.packed, { type: I64, value: BigInt(at - start) })
      rest.meta?.(meta)
    }
  rest.schema?.(structsIn(struct, SCHEMA))
  return Buffer.concat([...parts, endOf(struct)])
}

/** What is read of a file, as a run reads it. */
async function read(bytes: Uint8Array) {
  const path = place.write(bytes, 'made.parquet')
  const { inspection } = await inspectFile(path, place.store)
  const from = inspection.staged === null ? path : join(place.folder, 'store', inspection.staged)
  return { inspection, rows: await parser.rows(`SELECT t::VARCHAR FROM read_parquet('${from}') t`) }
}

const rowsOf = async (rows = ROWS) => parser.rows(`SELECT t::VARCHAR FROM (${rows}) t`)
const setCodec = (meta: ThriftStruct) => meta.set(META.codec, { type: I32, value: 5n })

/** Blocks as Hadoop writes them: cut into stretches that are literals only. */
function hadoop(data: Uint8Array, size: number, stretch: number): Uint8Array {
  const page = new Uint8Array(size)
  unpackLz4(data, page)
  const parts: Uint8Array[] = []
  for (let at = 0; at < size; at += stretch) {
    const text = page.subarray(at, at + stretch)
    const length = text.length < 15 ? [] : [...Array<number>(Math.floor((text.length - 15) / 255)).fill(255), (text.length - 15) % 255]
    const block = Buffer.concat([Uint8Array.of(Math.min(15, text.length) << 4, ...length), text])
    const sizes = Buffer.alloc(8)
    sizes.writeUInt32BE(text.length)
    sizes.writeUInt32BE(block.length, 4)
    parts.push(sizes, block)
  }
  return Buffer.concat(parts)
}

describe('pages packed with the old LZ4', () => {
  it('are read as a block alone', async () => {
    const made = await remade(await written(", COMPRESSION 'lz4_raw'"), (_, data) => data, { meta: setCodec })
    const { inspection, rows } = await read(made)
    expect(rows).toEqual(await rowsOf())
    expect(inspection).toMatchObject({ records: 5000, bad: [], notes: [] })
    expect(inspection.staged).not.toBeNull()
  })

  it.each([
    ['one block', 1 << 24],
    ['blocks of 300 bytes', 300],
    ['blocks of 9 bytes', 9],
  ])('are read with sizes in front, %s', async (_, stretch) => {
    const bytes = await written(", COMPRESSION 'lz4_raw'")
    const made = await remade(bytes, (header, data) => hadoop(data, numberIn(header, PAGE.unpacked) ?? 0, stretch), { meta: setCodec })
    expect((await read(made)).rows).toEqual(await rowsOf())
  })

  it('are refused where they are damaged', async () => {
    const made = await remade(
      await written(", COMPRESSION 'lz4_raw'"),
      (_, data) => Buffer.concat([data.subarray(0, 20), data.subarray(23)]),
      { meta: setCodec },
    )
    await expect(read(made)).rejects.toMatchObject({ name: 'Data.Unreadable', message: expect.stringContaining('is damaged') })
  })
})

it.each([
  ['that ends early', [0x30, 1]],
  ['with a match before its beginning', [0x10, 1, 2, 0, 0x10, 1]],
  ['of fewer bytes than the page', [0x20, 1, 2]],
  ['of more bytes than the page', [0xa0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
])('a block of LZ4 %s is an error', (_, bytes) => {
  expect(() => unpackLz4(Uint8Array.from(bytes), new Uint8Array(8))).toThrow(/LZ4/)
  expect(() => unpackPageLz4(Uint8Array.from(bytes), new Uint8Array(8))).toThrow(/LZ4/)
})

/** The values behind the levels of a page of the first version, first bytes first. */
function split(header: ThriftStruct, data: Uint8Array, meta: ThriftStruct): Uint8Array {
  const type = numberIn(meta, META.type)
  const width = type === 1 ? 4 : type === 2 ? 8 : 0
  const said = structIn(header, PAGE.data)
  if (width === 0 || said === undefined || numberIn(said, 2) !== 0) return data
  said.set(2, { type: I32, value: 9n })
  const path = meta.get(META.path)?.value as { items: readonly unknown[] }
  const bytes = Buffer.from(data)
  let begin = 0
  // DuckDB writes every column as one that may be NULL
  for (let levels = path.items.length > 1 ? 2 : 1; levels > 0; levels--) begin += 4 + bytes.readUInt32LE(begin)
  const values = bytes.subarray(begin)
  const count = values.length / width
  const streams = values.map((_, at) => values[(at % count) * width + Math.floor(at / count)] ?? 0)
  return Buffer.concat([bytes.subarray(0, begin), streams])
}

it('whole numbers whose bytes are split into streams are put together', async () => {
  const plain = await written(', COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1')
  let pages = 0
  const made = await remade(
    plain,
    (header, data, meta) => {
      const streams = split(header, data, meta)
      if (streams !== data) pages++
      return streams
    },
    { meta: (meta) => meta.set(META.encodings, { type: 9, value: { type: I32, items: [9n, 3n] } }) },
  )
  expect(pages).toBeGreaterThan(8)
  const { inspection, rows } = await read(made)
  expect(rows).toEqual(await rowsOf())
  expect(inspection.notes).toEqual([])
})

it('a map without values is read as a list of its keys, and a note says so', async () => {
  const map = "SELECT {'entries': [{'key': range}]} AS m, range AS n FROM range(30)"
  const made = await remade(await written('', map), (_, data) => data, {
    schema: (elements) => {
      // the list of entries is laid out as a map without values is: its wrapping goes
      const at = elements.findIndex((element) => numberIn(element, 3) === 2)
      elements[at - 1]?.set(6, { type: I32, value: 1n })
      elements[at - 1]?.delete(10)
    },
  })
  const { inspection, rows } = await read(made)
  expect(inspection.notes).toEqual([expect.stringMatching(/^the map entries has keys and no values; it is read as a list of keys$/)])
  expect(rows).toHaveLength(30)
  expect(String(rows[7]?.[0])).toContain('7')
})

describe('checksums of pages', () => {
  const checked = async (page: Change) =>
    remade(await written(''), (header, data, meta) => {
      header.set(PAGE.crc, { type: I32, value: BigInt(zlib.crc32(data) | 0) })
      return page(header, data, meta)
    })

  it('are verified', async () => {
    const { inspection, rows } = await read(await checked((_, data) => data))
    expect(rows).toEqual(await rowsOf())
    expect(inspection.staged).toBeNull()
  })

  it('that are not those of the data name the column and the place', async () => {
    let at = 0
    const made = await checked((_, data, meta) => {
      const isLast = numberIn(meta, META.type) === 2 && ++at === 3
      return isLast ? data.map((byte, place) => (place === 5 ? byte ^ 1 : byte)) : data
    })
    await expect(read(made)).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringMatching(/is damaged: the checksum of a page of column b, row group \d, at byte \d+, is not that of its data$/),
    })
  })
})

it('a struct is written as it was read', async () => {
  const { footer } = await footerIn(memorySource(await written('')))
  expect(Buffer.from(writeStruct(readStruct(footer).struct))).toEqual(Buffer.from(footer))
})
