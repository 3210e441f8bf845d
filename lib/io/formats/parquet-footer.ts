/**
 * Rewrites the footer of a Parquet file for some of its row groups. Only two of its fields change; the rest is copied unchanged:
 * https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift in the compact protocol of
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

/** Field numbers of FileMetaData. */
const NUM_ROWS = 3
const ROW_GROUPS = 4

/** Types of the protocol. */
const [TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT, UUID] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]

/** The same footer for only the row groups with these numbers (from 0, ascending), which contain `rows` rows. */
export function footerOf(footer: Uint8Array, groups: readonly number[], rows: number): Uint8Array {
  const parts: Uint8Array[] = []
  let done = 0
  const replace = (start: number, end: number, by: readonly Uint8Array[]) => {
    parts.push(footer.subarray(done, start), ...by)
    done = end
  }
  for (const { id, start, end } of fieldsOf(footer)) {
    if (id === NUM_ROWS) replace(start, end, [varint(BigInt(rows) * 2n)])
    if (id === ROW_GROUPS) {
      const elements = elementsOf(footer, start)
      replace(start, end, [
        listHeader(groups.length),
        ...groups.map((group) => footer.subarray(elements[group]?.start, elements[group]?.end)),
      ])
    }
  }
  return Buffer.concat([...parts, footer.subarray(done)])
}

interface Stretch {
  readonly start: number
  readonly end: number
}

/** The positions of the values of a struct that starts at 0. */
function* fieldsOf(bytes: Uint8Array): Generator<Stretch & { readonly id: number }> {
  const walk = walker(bytes)
  let id = 0
  for (let at = 0; ; ) {
    const head = walk.byteAt(at)
    if (head === 0) return
    const long = head >> 4 === 0
    const named = long ? walk.varintAt(at + 1) : undefined
    id = named === undefined ? id + (head >> 4) : Number(named.value >> 1n)
    const start = named?.end ?? at + 1
    const end = walk.behindField(head & 15, start)
    yield { id, start, end }
    at = end
  }
}

function elementsOf(bytes: Uint8Array, list: number): readonly Stretch[] {
  const walk = walker(bytes)
  const { size, type, end } = walk.listAt(list)
  const elements: Stretch[] = []
  for (let at = end; elements.length < size; ) {
    const behind = walk.behindElement(type, at)
    elements.push({ start: at, end: behind })
    at = behind
  }
  return elements
}

/** Skips values without knowing their meaning. */
function walker(bytes: Uint8Array) {
  function byteAt(at: number): number {
    const byte = bytes[at]
    if (byte === undefined) throw new Error('the footer of the Parquet file ends within a value')
    return byte
  }
  function varintAt(at: number): { readonly value: bigint; readonly end: number } {
    let value = 0n
    for (let shift = 0n; ; shift += 7n, at++) {
      const byte = byteAt(at)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return { value, end: at + 1 }
    }
  }
  function listAt(at: number): { readonly size: number; readonly type: number; readonly end: number } {
    const head = byteAt(at)
    if (head >> 4 < 15) return { size: head >> 4, type: head & 15, end: at + 1 }
    const { value, end } = varintAt(at + 1)
    return { size: Number(value), type: head & 15, end }
  }
  function behindElements(types: readonly number[], count: number, at: number): number {
    for (let left = count; left > 0; left--) for (const type of types) at = behindElement(type, at)
    return at
  }
  // a boolean is part of a field's header, but has its own byte in a list
  const behindField = (type: number, at: number) => (type === TRUE || type === FALSE ? at : behindElement(type, at))
  function behindElement(type: number, at: number): number {
    switch (type) {
      case TRUE:
      case FALSE:
      case BYTE:
        return at + 1
      case I16:
      case I32:
      case I64:
        return varintAt(at).end
      case DOUBLE:
        return at + 8
      case UUID:
        return at + 16
      case BINARY: {
        const { value, end } = varintAt(at)
        return end + Number(value)
      }
      case LIST:
      case SET: {
        const { size, type: inner, end } = listAt(at)
        return behindElements([inner], size, end)
      }
      case MAP: {
        const { value, end } = varintAt(at)
        if (value === 0n) return end
        const types = byteAt(end)
        return behindElements([types >> 4, types & 15], Number(value), end + 1)
      }
      case STRUCT:
        for (;;) {
          const head = byteAt(at)
          if (head === 0) return at + 1
          at = behindField(head & 15, head >> 4 === 0 ? varintAt(at + 1).end : at + 1)
        }
      default:
        throw new Error(`the footer of the Parquet file holds a value of the unknown type ${type}`)
    }
  }
  return { byteAt, varintAt, listAt, behindField, behindElement }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  for (; value >= 128n; value >>= 7n) bytes.push(Number(value & 127n) | 128)
  return Uint8Array.from([...bytes, Number(value)])
}

const listHeader = (size: number) =>
  size < 15 ? Uint8Array.from([(size << 4) | STRUCT]) : Uint8Array.from([0xf0 | STRUCT, ...varint(BigInt(size))])
