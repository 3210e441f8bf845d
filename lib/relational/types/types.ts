/** The columns of a relation: their types, and their meaning beyond the type. Plain JSON. */

export const COLUMN_TYPES = ['text', 'integer', 'decimal', 'boolean', 'date', 'timestamp'] as const
export type ColumnType = (typeof COLUMN_TYPES)[number]

/** Names of the types in other systems. */
export const TYPE_SPELLINGS: Readonly<Record<string, ColumnType>> = {
  text: 'text',
  string: 'text',
  str: 'text',
  varchar: 'text',
  char: 'text',
  integer: 'integer',
  int: 'integer',
  int32: 'integer',
  int64: 'integer',
  bigint: 'integer',
  long: 'integer',
  decimal: 'decimal',
  number: 'decimal',
  numeric: 'decimal',
  float: 'decimal',
  float64: 'decimal',
  double: 'decimal',
  boolean: 'boolean',
  bool: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  datetime: 'timestamp',
}

export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** The type is unknown because every cell was empty: text by default, compatible with everything. */
  readonly untyped?: boolean | undefined
}
