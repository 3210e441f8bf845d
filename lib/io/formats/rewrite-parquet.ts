/**
 * Rewrites what DuckDB cannot read in a Parquet file, and nothing else: pages packed with the old LZ4 are unpacked, values that are split into streams of
 * bytes (BYTE_STREAM_SPLIT) are put together where they are no floats, and maps without values lose the mark of a map. Other columns and the
 * types of all stay as they are.
 */
import { copyRange } from '#io/bytes/copy.ts'
import type { ByteSink } from '#io/bytes/file.ts'
import { endOf, footerIn, ROW_GROUPS, SCHEMA } from './parquet-footer.ts'
import { CHUNK, COLUMNS, META, PAGE, pagesOf, placeOf } from './parquet-pages.ts'
import { BYTE_STREAM_SPLIT, type Leaf, LZ4, plainPage, UNPACKED } from './plain-page.ts'
import type { ByteSource } from './source.ts'
import { I32, I64, numberIn, readStruct, structIn, structsIn, type ThriftStruct } from './thrift.ts'

/** Physical types by their width; FLOAT and DOUBLE are read by DuckDB. */
const [INT32, INT64, FIXED] = [1, 2, 7]
/** Field numbers of SchemaElement. */
const ELEMENT = { type: 1, length: 2, repetition: 3, name: 4, children: 5, converted: 6, logical: 10 } as const
const [REQUIRED, REPEATED] = [0, 2]
/** Marks of a map: two of the old kind, and the field of the new one. */
const [MAP_TYPE, MAP_ENTRIES, LOGICAL_MAP] = [1, 2, 2]

/** Whether a file has something that has to be rewritten. */
export async function hasForeignParts(source: ByteSource): Promise<boolean> {
  const { struct } = readStruct((await footerIn(source)).footer)
  return chunksOf(struct).some(({ meta }) => isForeign(meta)) || mapsWithoutValues(struct).length > 0
}

/** Writes the file with the columns that were rewritten behind the others. Returns notes on what is read in another way. */
export async function rewriteParquet(from: ByteSource, to: ByteSink): Promise<readonly string[]> {
  const { footer, start } = await footerIn(from)
  const { struct } = readStruct(footer)
  await copyRange(from, to, 0, start)
  const leaves = leavesOf(structsIn(struct, SCHEMA))
  for (const { chunk, meta, place } of chunksOf(struct)) {
    const leaf = leaves[place]
    if (isForeign(meta) && leaf !== undefined) await rewriteColumn(from, to, chunk, meta, leaf)
  }
  const notes = mapsWithoutValues(struct).map(({ map, entries }) => {
    for (const element of [map, entries]) for (const id of [ELEMENT.converted, ELEMENT.logical]) element.delete(id)
    return `the map ${nameOf(map)} has keys and no values; it is read as a list of keys`
  })
  await to.write(endOf(struct))
  return notes
}

function chunksOf(footer: ThriftStruct) {
  return structsIn(footer, ROW_GROUPS).flatMap((group) =>
    structsIn(group, COLUMNS).flatMap((chunk, place) => {
      const meta = structIn(chunk, CHUNK.meta)
      return meta === undefined ? [] : [{ chunk, meta, place }]
    }),
  )
}

function isForeign(meta: ThriftStruct): boolean {
  if (numberIn(meta, META.codec) === LZ4) return true
  return isWhole(numberIn(meta, META.type)) && encodingsOf(meta).includes(BYTE_STREAM_SPLIT)
}

const isWhole = (type: number | undefined) => type === INT32 || type === INT64 || type === FIXED

function encodingsOf(meta: ThriftStruct): readonly number[] {
  const value = meta.get(META.encodings)?.value
  return value !== undefined && typeof value === 'object' && 'items' in value ? value.items.map(Number) : []
}

/** Writes the pages of a column, and changes what the footer says of it. */
async function rewriteColumn(from: ByteSource, to: ByteSink, chunk: ThriftStruct, meta: ThriftStruct, leaf: Leaf): Promise<void> {
  const codec = numberIn(meta, META.codec) ?? UNPACKED
  const pages = pagesOf(from, placeOf(meta))
  const start = to.bytes
  for (const id of [META.data, META.index, META.dictionary, META.stats]) meta.delete(id)
  for (const id of [CHUNK.file_path, ...CHUNK.indexes]) chunk.delete(id)
  for await (const page of pages) {
    const place = page.header.has(PAGE.dictionary) ? META.dictionary : META.data
    if (!meta.has(place)) meta.set(place, { type: I64, value: BigInt(to.bytes) })
    await to.write(plainPage(page, codec, leaf))
  }
  const size = { type: I64, value: BigInt(to.bytes - start) }
  meta.set(META.codec, { type: I32, value: BigInt(UNPACKED) })
  meta.set(META.unpacked, size)
  meta.set(META.packed, size)
  chunk.set(CHUNK.file_offset, { type: I64, value: BigInt(start) })
}

/** The leaves of the schema, in the order of the columns of a row group. */
function leavesOf(elements: readonly ThriftStruct[]): readonly Leaf[] {
  const leaves: Leaf[] = []
  let next = 1
  const walk = (children: number, isRepeated: boolean, isOptional: boolean) => {
    for (let left = children; left > 0; left--) {
      const element = elements[next++]
      if (element === undefined) throw new Error('the schema ends early')
      const repetition = numberIn(element, ELEMENT.repetition)
      const repeated = isRepeated || repetition === REPEATED
      const optional = isOptional || (repetition !== undefined && repetition !== REQUIRED)
      const inner = numberIn(element, ELEMENT.children) ?? 0
      if (inner > 0) walk(inner, repeated, optional)
      else leaves.push({ width: widthOf(element), isRepeated: repeated, isOptional: optional })
    }
  }
  walk(numberIn(elements[0], ELEMENT.children) ?? 0, false, false)
  return leaves
}

/** Bytes of a value that DuckDB does not read from streams of bytes; 0 for others. */
function widthOf(element: ThriftStruct): number {
  const type = numberIn(element, ELEMENT.type)
  return type === INT32 ? 4 : type === INT64 ? 8 : type === FIXED ? (numberIn(element, ELEMENT.length) ?? 0) : 0
}

/** Maps whose entries have a key only, which the format allows. */
function mapsWithoutValues(footer: ThriftStruct): readonly { readonly map: ThriftStruct; readonly entries: ThriftStruct }[] {
  const elements = structsIn(footer, SCHEMA)
  return elements.flatMap((map, at) => {
    const entries = elements[at + 1]
    const isMap =
      [MAP_TYPE, MAP_ENTRIES].includes(numberIn(map, ELEMENT.converted) ?? -1) || structIn(map, ELEMENT.logical)?.has(LOGICAL_MAP) === true
    const isWithout = numberIn(map, ELEMENT.children) === 1 && numberIn(entries, ELEMENT.children) === 1
    return isMap && isWithout && entries !== undefined && numberIn(entries, ELEMENT.repetition) === REPEATED ? [{ map, entries }] : []
  })
}

function nameOf(element: ThriftStruct): string {
  const name = element.get(ELEMENT.name)?.value
  return name instanceof Uint8Array ? Buffer.from(name).toString('utf8') : ''
}
