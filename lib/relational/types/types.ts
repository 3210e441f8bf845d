/** What a relation is made of: columns with a type, and what a column means beyond its type. Plain JSON. */

export const COLUMN_TYPES = ['text', 'integer', 'decimal', 'boolean', 'date', 'timestamp'] as const
export type ColumnType = (typeof COLUMN_TYPES)[number]

/** Spellings of the types that people bring from other systems. */
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
  /** No cell has shown what the type is: it is text for want of anything better, and goes with everything. */
  readonly untyped?: boolean | undefined
}
