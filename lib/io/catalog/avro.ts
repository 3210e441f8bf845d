/** Avro files as Iceberg's manifests are: uncompressed, one block. The same records give the same bytes. */
import { createHash } from 'node:crypto'
import avro, { type Schema } from 'avsc'

const MAGIC = Buffer.from('Obj\u0001', 'latin1')

/** Exact: numbers of JavaScript lose digits beyond 2^53. */
const LONG = avro.types.LongType.__with(
  {
    fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
    toBuffer: (value: bigint) => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigInt64LE(value)
      return bytes
    },
    fromJSON: BigInt,
    toJSON: Number,
    isValid: (value: unknown) => typeof value === 'bigint',
    compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
  },
  false,
)

// also where it is written as an object, with a meaning
const isLong = (schema: Schema) => schema === 'long' || (schema as { readonly type?: unknown }).type === 'long'
const typeOf = (schema: Schema) => avro.Type.forSchema(schema, { typeHook: (own) => (isLong(own) ? LONG : undefined) })

/**
 * The file of these records. `schema` is kept in it as given, with the ids of its fields. Longs are bigint, bytes are Buffer. Throws for a record that
 * does not fit the schema.
 */
export function avroFile(schema: Schema, records: readonly unknown[], facts: { readonly [key: string]: string }): Uint8Array {
  const type = typeOf(schema)
  const text = JSON.stringify(schema)
  const head = { 'avro.schema': text, 'avro.codec': 'null', ...facts }
  const header = typeOf({ type: 'map', values: 'bytes' }).toBuffer(
    Object.fromEntries(Object.entries(head).map(([key, value]) => [key, Buffer.from(value)])),
  )
  const body = Buffer.concat(records.map((record) => type.toBuffer(record)))
  const sync = createHash('sha256').update(text).update(body).digest().subarray(0, 16)
  const long = (value: number) => typeOf('long').toBuffer(BigInt(value))
  // a block of no records would not be read by every reader
  const block = records.length === 0 ? [] : [long(records.length), long(body.length), body, sync]
  return Buffer.concat([MAGIC, header, sync, ...block])
}
