/**
 * Structs of Thrift's compact protocol as values that can be changed and written again, without knowing what they mean:
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

/** Types of the protocol. */
const [TRUE, BYTE, I16, DOUBLE, BINARY, SET, MAP, UUID] = [1, 3, 4, 7, 8, 10, 11, 13]
export const [FALSE, I32, I64, LIST, STRUCT] = [2, 5, 6, 9, 12]

/** Fields by number, in their order. */
export type ThriftStruct = Map<number, ThriftField>

export interface ThriftField {
  readonly type: number
  /** A boolean is its type; doubles, bytes and UUIDs are their bytes. */
  readonly value: ThriftValue
}

export type ThriftValue = bigint | Uint8Array | ThriftList | ThriftMap | ThriftStruct

export interface ThriftList {
  readonly type: number
  readonly items: readonly ThriftValue[]
}

export interface ThriftMap {
  readonly types: number
  readonly entries: readonly (readonly [key: ThriftValue, value: ThriftValue])[]
}

/** Bytes that a value of the type always has. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [BYTE, 1],
  [DOUBLE, 8],
  [UUID, 16],
])

/** The struct that starts at an offset, and where it ends. Throws when the bytes end before it, or are none. */
export function readStruct(bytes: Uint8Array, start = 0): { readonly struct: ThriftStruct; readonly end: number } {
  let at = start

  function byte(): number {
    const value = bytes[at++]
    if (value === undefined) throw new EndsEarly('a value of the Parquet file ends early')
    return value
  }
  function varint(): bigint {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const next = byte()
      value |= BigInt(next & 127) << shift
      if (next < 128) return value
      if (shift > 63n) throw new Error('a number of the Parquet file has too many bytes')
    }
  }
  function taken(length: number): Uint8Array {
    if (length > bytes.length - at) throw new EndsEarly('a value of the Parquet file ends early')
    at += length
    return bytes.subarray(at - length, at)
  }
  function readValue(type: number): ThriftValue {
    const fixed = FIXED.get(type)
    if (fixed !== undefined) return taken(fixed)
    if (type === I16 || type === I32 || type === I64) return zigzag(varint())
    if (type === BINARY) return taken(Number(varint()))
    if (type === LIST || type === SET) {
      const head = byte()
      const size = head >> 4 === 15 ? Number(varint()) : head >> 4
      const items: ThriftValue[] = []
      // a boolean has a byte of its own in a list
      for (let left = size; left > 0; left--) items.push(isBoolean(head & 15) ? taken(1) : readValue(head & 15))
      return { type: head & 15, items }
    }
    if (type === MAP) {
      const size = Number(varint())
      const types = size === 0 ? 0 : byte()
      const entries: (readonly [ThriftValue, ThriftValue])[] = []
      for (let left = size; left > 0; left--) entries.push([readValue(types >> 4), readValue(types & 15)])
      return { types, entries }
    }
    if (type === STRUCT) return structHere()
    throw new Error(`the Parquet file holds a value of the unknown type ${type}`)
  }
  function structHere(): ThriftStruct {
    const struct: ThriftStruct = new Map()
    for (let id = 0; ; ) {
      const head = byte()
      if (head === 0) return struct
      id = head >> 4 === 0 ? Number(zigzag(varint())) : id + (head >> 4)
      const type = head & 15
      struct.set(id, { type, value: isBoolean(type) ? new Uint8Array() : readValue(type) })
    }
  }
  const struct = structHere()
  return { struct, end: at }
}

/** The bytes are the beginning of a value. */
export class EndsEarly extends Error {}

const isBoolean = (type: number) => type === TRUE || type === FALSE
const zigzag = (value: bigint) => (value & 1n ? -((value + 1n) >> 1n) : value >> 1n)

/** The bytes of a struct. */
export function writeStruct(struct: ThriftStruct): Uint8Array {
  const parts: (Uint8Array | readonly number[])[] = []

  function put(type: number, value: ThriftValue): void {
    if (typeof value === 'bigint') parts.push(varintOf(value < 0n ? -value * 2n - 1n : value * 2n))
    else if (value instanceof Uint8Array) parts.push(...(type === BINARY ? [varintOf(BigInt(value.length))] : []), value)
    else if (value instanceof Map) putStruct(value)
    else if ('items' in value) {
      const { items } = value
      parts.push(items.length < 15 ? [(items.length << 4) | value.type] : [0xf0 | value.type, ...varintOf(BigInt(items.length))])
      for (const item of items) put(value.type, item)
    } else {
      parts.push(varintOf(BigInt(value.entries.length)), ...(value.entries.length === 0 ? [] : [[value.types]]))
      for (const [key, one] of value.entries) {
        put(value.types >> 4, key)
        put(value.types & 15, one)
      }
    }
  }
  function putStruct(fields: ThriftStruct): void {
    let before = 0
    for (const [id, { type, value }] of [...fields].sort(([a], [b]) => a - b)) {
      const step = id - before
      parts.push(step > 0 && step < 16 ? [(step << 4) | type] : [type, ...varintOf(BigInt(id) * 2n)])
      if (!isBoolean(type)) put(type, value)
      before = id
    }
    parts.push([0])
  }
  putStruct(struct)
  return Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : Uint8Array.from(part))))
}

function varintOf(value: bigint): readonly number[] {
  const bytes: number[] = []
  for (; value >= 128n; value >>= 7n) bytes.push(Number(value & 127n) | 128)
  return [...bytes, Number(value)]
}

/** A whole number of a field; undefined where there is none. */
export function numberIn(struct: ThriftStruct | undefined, id: number): number | undefined {
  const value = struct?.get(id)?.value
  return typeof value === 'bigint' ? Number(value) : undefined
}

export function structIn(struct: ThriftStruct | undefined, id: number): ThriftStruct | undefined {
  const value = struct?.get(id)?.value
  return value instanceof Map ? value : undefined
}

/** The structs of a list; none where there is no list. */
export function structsIn(struct: ThriftStruct, id: number): readonly ThriftStruct[] {
  const value = struct.get(id)?.value
  if (value === undefined || typeof value === 'bigint' || !('items' in value)) return []
  return value.items.filter((item): item is ThriftStruct => item instanceof Map)
}
