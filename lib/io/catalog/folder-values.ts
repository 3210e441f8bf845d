/** The values in the names of folders, typed: `region=East/day=2024-01-31`. They are texts of the engine that wrote the folders. */
import { valuesOfFolders } from '#io/publish/hive.ts'
import { type Column, type ColumnType, digitsOf, isDecimal, type SimpleType } from '#relational/types/types.ts'
import { bytesOf } from './columns.ts'

/** As Avro encodes it: bigint for long, days for a date, microseconds for a moment, bytes for a decimal. */
export type FolderValue = string | number | bigint | boolean | Buffer | null

/** The value of each column of the folders, for a file by its name. Throws an Error for a folder that does not say it. */
export function folderValues(name: string, columns: readonly Column[]): readonly FolderValue[] {
  const texts = valuesOfFolders(name)
  return columns.map((column, at) => {
    const found = texts[at]
    if (found === undefined || found.key !== column.name) throw new Error(`${name} has no folder for the column ${column.name}`)
    return found.value === null ? null : folderValue(found.value, column.type)
  })
}

const SIMPLE: { readonly [Type in SimpleType]: (text: string) => FolderValue } = {
  text: (text) => text,
  integer: (text) => BigInt(text),
  float: (text) => floatOf(text),
  boolean: (text) => text === 'true',
  date: (text) => Number(microsecondsOf(text) / MICROSECONDS_A_DAY),
  timestamp: (text) => microsecondsOf(text),
}

const MICROSECONDS_A_DAY = 86_400_000_000n

export const folderValue = (text: string, type: ColumnType): FolderValue => (isDecimal(type) ? decimalOf(text, type) : SIMPLE[type](text))

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
])

const floatOf = (text: string) => SPECIAL.get(text) ?? Number(text)

/** `2024-01-31`, or with ` 12:30:00.5`; years can have any number of digits, and `(BC)` behind the date. */
function microsecondsOf(text: string): bigint {
  const [, year = '', month, day, era, hour = '0', minute = '0', second = '0', fraction = ''] =
    /^(\d+)-(\d\d)-(\d\d)( \(BC\))?(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$/.exec(text) ?? []
  if (month === undefined) throw new Error(`${text} is not a date that a catalog can hold`)
  const days = daysOf(era === undefined ? Number(year) : 1 - Number(year), Number(month), Number(day))
  const seconds = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second))
  return BigInt(days) * MICROSECONDS_A_DAY + seconds * 1_000_000n + BigInt(fraction.padEnd(6, '0'))
}

/** Days since 1970-01-01. */
function daysOf(year: number, month: number, day: number): number {
  const date = new Date(0)
  // setUTCFullYear takes years below 100 as they are
  date.setUTCFullYear(year, month - 1, day)
  return Math.floor(date.getTime() / 86_400_000)
}

/** The digits as an integer, in two's complement, the largest byte first. */
function decimalOf(text: string, type: `decimal(${number},${number})`): Buffer {
  const { precision, scale } = digitsOf(type)
  const [whole = '', fraction = ''] = text.split('.')
  const unscaled = BigInt(`${whole}${fraction.padEnd(scale, '0')}`)
  const size = bytesOf(precision)
  return Buffer.from(
    BigInt.asUintN(8 * size, unscaled)
      .toString(16)
      .padStart(2 * size, '0'),
    'hex',
  )
}
