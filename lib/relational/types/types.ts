/** The columns of a relation: their types, and their meaning beyond the type. Plain JSON. */
import { entryOf } from '#core/text/record.ts'

/** The types without parameters; an exact decimal has a precision and a scale. */
export const SIMPLE_TYPES = ['text', 'integer', 'float', 'boolean', 'date', 'timestamp'] as const
export type SimpleType = (typeof SIMPLE_TYPES)[number]

/** An exact number: up to `precision` digits, `scale` of them behind the point. */
export type DecimalType = `decimal(${number},${number})`
export type ColumnType = SimpleType | DecimalType

/** Names of the types in other systems. */
export const TYPE_SPELLINGS: Readonly<Record<string, SimpleType>> = {
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
  float: 'float',
  number: 'float',
  float64: 'float',
  double: 'float',
  real: 'float',
  boolean: 'boolean',
  bool: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  datetime: 'timestamp',
}

/** Names of an exact decimal, which need a precision and a scale behind them. */
export const DECIMAL_SPELLINGS: readonly string[] = ['decimal', 'numeric']

/** The most digits of an exact decimal, as in DuckDB and most databases. */
export const MAX_PRECISION = 38
/** Exact decimals of up to so many digits are stored in 64 bits. */
export const MAX_PRECISION_64 = 18
/** Numbers of up to so many digits are the same number as a 64-bit float. */
export const FLOAT_DIGITS = 15

const DECIMAL = /^decimal\((\d+),(\d+)\)$/
const SPELLED = new RegExp(String.raw`^(?:${DECIMAL_SPELLINGS.join('|')})\s*\(\s*(\d{1,3})\s*(?:,\s*(\d{1,3})\s*)?\)$`, 'i')

export const isDecimal = (type: string): type is DecimalType => type.startsWith('decimal(')

/** The types of numbers without rounding. */
export const isExactNumber = (type: string): type is 'integer' | DecimalType => type === 'integer' || isDecimal(type)

/** The types of numbers. */
export const isNumeric = (type: string): type is 'integer' | 'float' | DecimalType => type === 'float' || isExactNumber(type)

export const decimalType = (precision: number, scale: number): DecimalType => `decimal(${precision},${scale})`

/** The digits of an exact decimal: all of them, those behind the point, those before it. */
export function digitsOf(type: DecimalType): { readonly precision: number; readonly scale: number; readonly whole: number } {
  const [, precision = '', scale = ''] = DECIMAL.exec(type) ?? []
  return { precision: Number(precision), scale: Number(scale), whole: Number(precision) - Number(scale) }
}

/** The type for a spelling from SQL, Python or another system, in any case; undefined if there is none. */
export function typeNamed(spelling: string): ColumnType | undefined {
  const word = spelling.trim().toLowerCase()
  const [, precision, scale = '0'] = SPELLED.exec(word) ?? []
  if (precision === undefined) return entryOf(TYPE_SPELLINGS, word)
  const fits = Number(precision) >= 1 && Number(precision) <= MAX_PRECISION && Number(scale) <= Number(precision)
  return fits ? decimalType(Number(precision), Number(scale)) : undefined
}

const BARE_DECIMAL =
  'decimal needs a precision and a scale, such as decimal(18,2); the 64-bit floating point number that was called decimal before is float'

/** What is wrong with a name that is no type; undefined if nothing more is known about it. */
export function typeProblem(spelling: string): string | undefined {
  const word = spelling.trim().toLowerCase()
  if (DECIMAL_SPELLINGS.includes(word)) return BARE_DECIMAL
  if (DECIMAL_SPELLINGS.some((name) => word.startsWith(name) && word.slice(name.length).trim().startsWith('(')))
    return `a decimal has a precision from 1 to ${MAX_PRECISION} and a scale from 0 to the precision, such as decimal(18,2)`
  return undefined
}

export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** The type is unknown because every cell was empty: text by default, compatible with everything. */
  readonly untyped?: boolean | undefined
}
