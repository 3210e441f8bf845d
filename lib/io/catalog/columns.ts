/** The types of columns in Iceberg, in the Glue catalog and, for the values of folders, in Avro. */
import type { Schema } from 'avsc'
import { type Column, type ColumnType, digitsOf, isDecimal, type SimpleType } from '#relational/types/types.ts'

interface Spelled {
  /** Source: https://iceberg.apache.org/spec/#schemas-and-data-types */
  readonly iceberg: string
  /** As Hive spells it. */
  readonly glue: string
}

/** What the writer of Parquet stores under each type: 64-bit integers and floats, moments in microseconds without a zone. */
const SIMPLE: { readonly [Type in SimpleType]: Spelled & { readonly avro: Schema } } = {
  text: { iceberg: 'string', glue: 'string', avro: 'string' },
  integer: { iceberg: 'long', glue: 'bigint', avro: 'long' },
  float: { iceberg: 'double', glue: 'double', avro: 'double' },
  boolean: { iceberg: 'boolean', glue: 'boolean', avro: 'boolean' },
  date: { iceberg: 'date', glue: 'date', avro: { type: 'int', logicalType: 'date' } as Schema },
  timestamp: {
    iceberg: 'timestamp',
    glue: 'timestamp',
    avro: { type: 'long', logicalType: 'timestamp-micros', 'adjust-to-utc': false } as Schema,
  },
}

export function spelled(type: ColumnType): Spelled {
  if (!isDecimal(type)) return SIMPLE[type]
  const { precision, scale } = digitsOf(type)
  return { iceberg: `decimal(${precision}, ${scale})`, glue: `decimal(${precision},${scale})` }
}

/** The type of a value in a manifest. Decimals are the bytes of an integer, as few as their precision needs. */
export function avroType(type: ColumnType): Schema {
  if (!isDecimal(type)) return SIMPLE[type].avro
  const { precision, scale } = digitsOf(type)
  const size = bytesOf(precision)
  return { type: 'fixed', name: `decimal_${precision}_${scale}`, size, logicalType: 'decimal', precision, scale } as Schema
}

/** The fewest bytes that hold any number of so many digits, with its sign. */
export function bytesOf(precision: number): number {
  const most = 10n ** BigInt(precision) - 1n
  let bytes = 1
  while (most >= 1n << BigInt(8 * bytes - 1)) bytes++
  return bytes
}

/** Two columns that query engines would take for one; undefined if there are none. */
export function sameName(columns: readonly Column[]): readonly [string, string] | undefined {
  const seen = new Map<string, string>()
  for (const { name } of columns) {
    const other = seen.get(name.toLowerCase())
    if (other !== undefined) return [other, name]
    seen.set(name.toLowerCase(), name)
  }
  return undefined
}
