/**
 * The types of columns. A type of PostgreSQL is read as a type of ours that holds each of its values exactly; what has none is text, as the
 * server writes it. Of numbers without a declared scale, and of dates, the values decide.
 */
import { count } from '#core/text/numbers.ts'
import type { Scalar } from '#io/duckdb/session.ts'
import { type ColumnType, decimalType, isDecimal, MAX_PRECISION, MAX_PRECISION_64 } from '#relational/types/types.ts'
import type { Connection, ServerColumn } from './connect.ts'

export interface TypedColumn {
  readonly name: string
  readonly type: ColumnType
  /** What is read of the column, as SQL. */
  readonly sql: string
  readonly notes: readonly string[]
  /** Those of the notes that need a decision. */
  readonly doubts: readonly string[]
}

/** Numbers of types. Source: pg_type.dat of PostgreSQL; they never change. */
const BOOL = 16
const BYTEA = 17
const FLOAT4 = 700
const FLOAT8 = 701
const DATE = 1082
const TIMESTAMP = 1114
const TIMESTAMPTZ = 1184
const NUMERIC = 1700
/** int8, int2, int4 and oid. */
const INTEGERS: ReadonlySet<number> = new Set([20, 21, 23, 26])
const MEASURED: ReadonlySet<number> = new Set([DATE, TIMESTAMP, TIMESTAMPTZ, NUMERIC])

/** What is known of the values of a column. */
interface Figures {
  /** NaN and infinite, and dates that are not of the years 1 to 9999. */
  readonly odd: number
  /** Of numbers: digits before and behind the point, at most. */
  readonly whole: number
  readonly scale: number
}

const FIGURES = 3
/** PostgreSQL allows 1664 results. */
const COLUMNS_AT_ONCE = 400

/** The columns of a SELECT, whose cells are called `c0`, `c1` and so on in `from`. */
export async function typeColumns(connection: Connection, columns: readonly ServerColumn[], from: string): Promise<readonly TypedColumn[]> {
  const figures = new Map<number, Figures>()
  const measured = [...columns.entries()].filter(([, { type }]) => MEASURED.has(type))
  for (let first = 0; first < measured.length; first += COLUMNS_AT_ONCE) {
    const some = measured.slice(first, first + COLUMNS_AT_ONCE)
    const asked = some.flatMap(([at, { type }]) => (type === NUMERIC ? figuresOfNumber(`c${at}`) : figuresOfDay(`c${at}`)))
    const [row = []] = await connection.rows(`SELECT ${asked.join(', ')} FROM ${from}`)
    for (const [place, [at]] of some.entries()) {
      const [odd = 0, whole = 0, scale = 0] = row.slice(place * FIGURES, (place + 1) * FIGURES).map(Number)
      figures.set(at, { odd, whole, scale })
    }
  }
  return columns.map((column, at) => typeOf(column, `c${at}`, figures.get(at) ?? { odd: 0, whole: 0, scale: 0 }))
}

const figuresOfNumber = (cell: string) => [
  `count(*) FILTER (WHERE ${cell}::text IN ('NaN', 'Infinity', '-Infinity'))`,
  `coalesce(max(length(trunc(abs(${cell}))::text)), 1)`,
  `coalesce(max(scale(${cell})), 0)`,
]

const figuresOfDay = (cell: string) => [`count(*) FILTER (WHERE NOT (${cell} >= '0001-01-01' AND ${cell} < '10000-01-01'))`, '0', '0']

function typeOf({ name, type, modifier }: ServerColumn, sql: string, { odd, whole, scale }: Figures): TypedColumn {
  const one = (own: ColumnType, notes: readonly string[] = []): TypedColumn => ({ name, type: own, sql, notes, doubts: [] })
  const asText = (why: string): TypedColumn => ({ name, type: 'text', sql, notes: [why], doubts: [why] })
  if (INTEGERS.has(type)) return one('integer')
  if (type === BOOL) return one('boolean')
  if (type === FLOAT8) return one('float')
  // the shortest text of a 32-bit number is another 64-bit number
  if (type === FLOAT4) return { ...one('float'), sql: `${sql}::float8` }
  if (type === BYTEA) return one('text', [`${name} holds bytes, read as text in hexadecimal: \\x00ff`])
  if (type === NUMERIC) {
    if (odd > 0) return asText(`${name} holds ${count(odd, 'number')} that are NaN or infinite: each cell is read as text`)
    const declared = declaredDecimal(modifier)
    if (declared !== undefined) return one(declared)
    // 64 bits where they are enough: a few more digits tomorrow give the same type
    const precision = Math.max(whole, 1) + scale <= MAX_PRECISION_64 ? MAX_PRECISION_64 : MAX_PRECISION
    if (whole + scale <= precision) return one(decimalType(precision, scale))
    return asText(
      `${name} holds numbers of ${whole + scale} digits, more than the ${MAX_PRECISION} of a decimal: each cell is read as text`,
    )
  }
  if (type !== DATE && type !== TIMESTAMP && type !== TIMESTAMPTZ) return one('text')
  if (odd > 0) return asText(`${name} holds ${count(odd, 'date')} outside of the years 1 to 9999: each cell is read as text`)
  if (type === DATE) return one('date')
  return type === TIMESTAMP
    ? one('timestamp')
    : { ...one('timestamp', [`${name} holds times with a zone, read as UTC`]), sql: `${sql} AT TIME ZONE 'UTC'` }
}

/** `numeric(10,2)`: the type holds every value but NaN. Source: numeric.c, make_numeric_typmod. */
function declaredDecimal(modifier: number): ColumnType | undefined {
  if (modifier < 4) return undefined
  const precision = ((modifier - 4) >> 16) & 0xffff
  const scale = ((((modifier - 4) & 0x7ff) ^ 1024) - 1024) | 0
  return precision >= 1 && precision <= MAX_PRECISION && scale >= 0 && scale <= precision ? decimalType(precision, scale) : undefined
}

/** How a cell goes to the sink. */
export function reader(type: ColumnType): (cell: string) => Scalar {
  if (isDecimal(type)) return (cell) => cell
  switch (type) {
    case 'integer':
      return BigInt
    case 'float':
      return Number
    case 'boolean':
      return (cell) => (cell === 't' ? 1n : 0n)
    default:
      return (cell) => cell
  }
}
