/**
 * The types of columns. A type of MySQL is read as a type of ours that holds each of its values exactly; what has none is text, as the
 * server writes it, and bytes are text in hexadecimal. Where a type of MySQL holds more than one of ours, the values decide.
 */
import { TaskError } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'
import type { Scalar } from '#io/duckdb/session.ts'
import { type ColumnType, decimalType, MAX_PRECISION } from '#relational/types/types.ts'
import type { Connection, ServerColumn } from './connect.ts'
import { quoted } from './sql.ts'

export interface TypedColumn {
  readonly name: string
  readonly type: ColumnType
  /** What is read of the column of a table, as SQL. */
  readonly sql: string
  /** How a cell goes to the sink; undefined for one that the column did not hold when its type was chosen. */
  readonly read: (cell: Buffer) => Scalar | undefined
  readonly notes: readonly string[]
  /** Those of the notes that need a decision. */
  readonly doubts: readonly string[]
}

/** Numbers of types and flags. Source: https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html */
const TYPE = { decimal: 0, tiny: 1, float: 4, double: 5, timestamp: 7, bigint: 8, date: 10, datetime: 12, year: 13, new_date: 14 }
const MORE = { bit: 16, json: 245, new_decimal: 246, geometry: 255 }
/** smallint, int, mediumint and year, beside tinyint. */
const SMALL_INTEGERS: ReadonlySet<number> = new Set([TYPE.tiny, 2, 3, 9, TYPE.year])
/** char, varchar, the texts and blobs; enum and set come as such. */
const STRINGS: ReadonlySet<number> = new Set([15, 247, 248, 249, 250, 251, 252, 253, 254])
const DAYS: ReadonlySet<number> = new Set([TYPE.date, TYPE.new_date, TYPE.datetime, TYPE.timestamp])
const UNSIGNED = 32
const BYTES = 63
const LARGEST = 9_223_372_036_854_775_807n

/** What is known of the values of a column. */
interface Figures {
  /** Of small numbers: those that are not 0 or 1. Of large ones: those above 2^63-1. Of dates: those that are no day. */
  readonly odd: number
  /** Of decimals: digits before the point, at most. */
  readonly whole: number
}

const COLUMNS_AT_ONCE = 400

/** The columns of a SELECT; `table` says whether their cells are selected one by one. */
export async function typeColumns(
  connection: Connection,
  columns: readonly ServerColumn[],
  select: string,
  table: boolean,
): Promise<readonly TypedColumn[]> {
  const figures = new Map<ServerColumn, Figures>()
  const measured = columns.flatMap((column) => {
    const asked = figuresOf(column, quoted(column.name))
    return asked === undefined ? [] : [{ column, asked }]
  })
  for (let first = 0; first < measured.length; first += COLUMNS_AT_ONCE) {
    const some = measured.slice(first, first + COLUMNS_AT_ONCE)
    const [row = []] = await connection.rows(`SELECT ${some.map(({ asked }) => asked).join(', ')} FROM (${select}\n) AS q`)
    for (const [at, { column }] of some.entries()) figures.set(column, { odd: Number(row[at * 2]), whole: Number(row[at * 2 + 1]) })
  }
  return columns.map((column) => typeOf(column, figures.get(column) ?? { odd: 0, whole: 0 }, table))
}

/** The two figures of a column as SQL; undefined where its type is enough. */
function figuresOf(column: ServerColumn, cell: string): string | undefined {
  const { type } = column
  const odd = (condition: string) => `COALESCE(SUM(${cell} IS NOT NULL AND NOT COALESCE(${condition}, FALSE)), 0), 0`
  if (isFlag(column)) return odd(`${cell} IN (0, 1)`)
  if (isUnsigned(column)) return odd(`${cell} <= ${LARGEST}`)
  if (DAYS.has(type))
    return odd(`YEAR(${cell}) >= 1 AND MONTH(${cell}) >= 1 AND DAY(${cell}) >= 1 AND DAY(${cell}) <= DAY(LAST_DAY(${cell}))`)
  if (isExact(type) && digitsOf(column) > MAX_PRECISION)
    return `0, COALESCE(MAX(CHAR_LENGTH(TRIM(LEADING '0' FROM TRUNCATE(ABS(${cell}), 0)))), 0)`
  return undefined
}

const isFlag = ({ type, length }: ServerColumn) => type === TYPE.tiny && length === 1
const isUnsigned = ({ type, flags, length }: ServerColumn) =>
  (type === TYPE.bigint && (flags & UNSIGNED) !== 0) || (type === MORE.bit && length === 64)
const isExact = (type: number) => type === TYPE.decimal || type === MORE.new_decimal

/** The digits of a decimal; its length counts the sign and the point. */
const digitsOf = ({ length, scale, flags }: ServerColumn) => length - (scale > 0 ? 1 : 0) - ((flags & UNSIGNED) === 0 ? 1 : 0)

function typeOf(column: ServerColumn, { odd, whole }: Figures, table: boolean): TypedColumn {
  const { name, type, charset, scale, length } = column
  const sql = quoted(name)
  const one = (own: ColumnType, read: TypedColumn['read'], notes: readonly string[] = []): TypedColumn => ({
    ...{ name, type: own, sql, read, notes, doubts: [] },
  })
  const asText = (why: string, read: TypedColumn['read'] = written): TypedColumn => ({
    ...{ name, type: 'text', sql, read, notes: [why], doubts: [why] },
  })
  if (isFlag(column)) {
    if (odd === 0) return one('boolean', flag)
    return one('integer', whole64, [`${name} is TINYINT(1), and holds ${count(odd, 'number')} other than 0 and 1: read as integers`])
  }
  if (isUnsigned(column)) {
    const read = type === MORE.bit ? bits : (cell: Buffer) => BigInt(latin(cell))
    if (odd === 0) return one('integer', (cell) => inRange(read(cell)))
    return one('decimal(20,0)', (cell) => String(read(cell)), [
      `${name} holds ${count(odd, 'number')} above ${LARGEST}: read as decimal(20,0)`,
    ])
  }
  if (type === MORE.bit) return length === 1 ? one('boolean', bits) : one('integer', bits)
  if (SMALL_INTEGERS.has(type) || type === TYPE.bigint) return one('integer', whole64)
  if (type === TYPE.double) return one('float', number)
  if (type === TYPE.float) {
    // the server writes 6 digits of a 32-bit number; times 1 it is a 64-bit one, and written in full
    if (table) return { ...one('float', number), sql: `${sql} * 1e0` }
    return asText(
      `${name} is FLOAT, of which a query gives 6 digits: each cell is read as text; write ${name} * 1e0 AS ${name} for all digits`,
    )
  }
  if (isExact(type)) {
    const digits = digitsOf(column)
    if (digits <= MAX_PRECISION) return one(decimalType(digits, scale), latin)
    if (Math.max(whole, 1) + scale <= MAX_PRECISION) return one(decimalType(MAX_PRECISION, scale), latin)
    return asText(
      `${name} holds numbers of ${whole + scale} digits, more than the ${MAX_PRECISION} of a decimal: each cell is read as text`,
    )
  }
  if (DAYS.has(type)) {
    if (odd > 0) return asText(`${name} holds ${count(odd, 'date')} that are no day, such as 0000-00-00: each cell is read as text`)
    if (type === TYPE.date || type === TYPE.new_date) return one('date', latin)
    return one('timestamp', latin, type === TYPE.timestamp ? [`${name} holds times with a zone, read as UTC`] : [])
  }
  if (type === MORE.json) return one('text', written)
  if (type === MORE.geometry)
    return one('text', hexadecimal, [
      `${name} holds geometries, read as text in hexadecimal, as the server stores them: ST_AsText(${name}) reads WKT`,
    ])
  if (charset === BYTES && STRINGS.has(type)) return one('text', hexadecimal, [`${name} holds bytes, read as text in hexadecimal: 0x00ff`])
  return one('text', written)
}

const latin = (cell: Buffer) => cell.toString('latin1')
const whole64 = (cell: Buffer) => BigInt(cell.toString('latin1'))
const inRange = (value: bigint) => (value <= LARGEST ? value : undefined)
const number = (cell: Buffer) => Number(cell.toString('latin1'))
const hexadecimal = (cell: Buffer) => `0x${cell.toString('hex')}`
const bits = (cell: Buffer) => (cell.length === 0 ? 0n : BigInt(`0x${cell.toString('hex')}`))
const flag = (cell: Buffer) => {
  const value = cell.toString('latin1')
  return value === '0' ? 0n : value === '1' ? 1n : undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Data.Unreadable for bytes that are not UTF-8: the session asks for UTF-8, so a server sends none. */
function written(cell: Buffer): string {
  const value = cell.toString('utf8')
  if (!value.includes('\uFFFD')) return value
  try {
    return utf8.decode(cell)
  } catch (error) {
    throw new TaskError('Data.Unreadable', 'a text cannot be read: the bytes are not UTF-8', {
      cause: error,
      hint: 'fix these cells, or read HEX(column) with a query',
    })
  }
}
