/** Generated rows for the comparison of engines, as values of the reference engine and as SQL. */
import fc from 'fast-check'
import { literalSql } from '#relational/expression/sql-context.ts'
import { sqlType, text as quoted } from '#relational/types/sql.ts'
import { type ColumnType, type DecimalType, digitsOf, isDecimal, type SimpleType } from '#relational/types/types.ts'
import { decimalText } from './decimals.ts'
import { isoMoment } from './moments.ts'
import { asText, type Cell } from './values.ts'

const rarely = <T>(usual: fc.Arbitrary<T>, ...odd: fc.Arbitrary<T>[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: usual }, ...odd.map((arbitrary) => ({ weight: 1, arbitrary })))

const letters = fc.constantFrom(
  ...['a', 'B', 'z', '0', '7', ' ', '\t', '\u00a0', '\u200b', '.', ',', '-', '_', '%', '\\', "'", '"', '\n', '\u0001'],
  ...['é', 'É', 'e\u0301', 'ß', 'İ', 'ı', 'ﬁ', 'Ω', 'σ', 'ς', 'Ж', '日', '語', '👍🏽', '🇨🇭', '😀', '\u{10400}'],
)

/** Dirty text: words, numbers and dates as people write them, marks of other scripts. */
const texts = fc.oneof(
  fc.string({ unit: letters, maxLength: 10 }),
  fc.constantFrom('', ' ', 'a', 'abc', 'NULL', 'N/A', 'yes', 'No', 'TRUE', 'anna@example.org', 'a b c', 'x,y,,z', "o'hara", '\\1', '%_'),
  fc.constantFrom('12', '-7', '+5', ' 12 ', '007', '1.5', '.5', '5.', '1e3', '1e-400', '1e400', 'inf', 'nan', '1_000', '0x1F', '-0'),
  fc.constantFrom('9007199254740993', '9223372036854775807', '9223372036854775808', '-9223372036854775808', '0.1', '1,234.50', '$5'),
  fc.constantFrom(
    '2024-02-29',
    '2023-02-29',
    '2024-1-3',
    '31.01.2024',
    '01/31/24',
    '2024-01-31T10:30:00+02:00',
    '2024-01-31 10:30:00.1234567',
  ),
  fc.constantFrom('0001-01-01', '9999-12-31T23:59:59Z', '10000-01-01', 'epoch', 'infinity', '17 May 2024', 'May 17, 2024 3:07 PM', '24:00'),
)

const integers = rarely(
  fc.bigInt({ min: -1000n, max: 1000n }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 2n ** 31n, -(2n ** 31n), 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
)

const floats = rarely(
  fc.integer({ min: -100_000, max: 100_000 }).map((cents) => cents / 100),
  fc.double(),
  fc.constantFrom(0, -0, 0.1, 0.2, 0.3, 2.5, -2.5, 1.005, 1e15, 1e16, 1e-7, 5e-324, 1.7e308, Number.NaN, Infinity, -Infinity, 9.3e18),
)

const day = (text: string) => isoMoment(text)?.day as number
const dates = rarely(
  fc.integer({ min: day('1900-01-01'), max: day('2100-12-31') }),
  fc.integer({ min: day('0001-01-01'), max: day('9999-12-31') }),
  fc.constantFrom(day('2024-02-29'), day('2000-12-31'), day('1970-01-01'), day('0001-01-01'), day('9999-12-31'), day('2021-01-03')),
)

const micros = rarely(
  fc.constant(0n),
  fc.bigInt({ min: 0n, max: 86_399n }).map((seconds) => seconds * 1_000_000n),
  fc.bigInt({ min: 0n, max: 86_399_999_999n }),
)
const timestamps = fc.tuple(dates, micros).map(([days, ofDay]) => BigInt(days) * 86_400_000_000n + ofDay)

const VALUES: { readonly [Type in SimpleType]: fc.Arbitrary<Cell> } = {
  text: texts,
  integer: integers,
  float: floats,
  boolean: fc.boolean(),
  date: dates,
  timestamp: timestamps,
}

/** Exact decimals as text, of any number of digits that the type has. */
const decimals = (type: DecimalType) => {
  const { precision, scale } = digitsOf(type)
  const units = rarely(
    fc.bigInt({ min: -100_000n, max: 100_000n }),
    fc.bigInt({ min: 1n - 10n ** BigInt(precision), max: 10n ** BigInt(precision) - 1n }),
  )
  return units.map((value) => decimalText(value, scale))
}

export const cellsOf = (type: ColumnType): fc.Arbitrary<Cell> =>
  fc.option(isDecimal(type) ? decimals(type) : VALUES[type], { nil: null, freq: 8 })

/** Rows of columns of these types. */
export const rowsOf = (types: ReadonlyMap<string, ColumnType>, maxLength: number) =>
  fc.array(
    fc.tuple(...[...types].map(([name, type]) => cellsOf(type).map((cell) => [name, cell] as const))).map((cells) => new Map(cells)),
    {
      minLength: 1,
      maxLength,
    },
  )

/** A value as SQL of exactly its type. */
function cellSql(cell: Cell, type: ColumnType): string {
  if (cell === null) return `CAST(NULL AS ${sqlType(type)})`
  if (typeof cell === 'number' && type === 'float' && !Number.isFinite(cell)) return `CAST('${asText(cell, type)}' AS DOUBLE)`
  if (type === 'text') return quoted(cell as string)
  return literalSql(
    type === 'float'
      ? Object.is(cell, -0)
        ? '-0'
        : String(cell)
      : type === 'boolean'
        ? String(cell).toUpperCase()
        : (asText(cell, type) as string),
    type,
  )
}

/** A SELECT of the rows with a number `n`. */
export const relationOf = (types: ReadonlyMap<string, ColumnType>, rows: readonly ReadonlyMap<string, Cell>[]) =>
  `SELECT * FROM (VALUES ${rows.map((row, at) => `(${at}, ${[...types].map(([name, type]) => cellSql(row.get(name) ?? null, type)).join(', ')})`).join(', ')}) AS t(n, ${[...types.keys()].map((name) => `"${name}"`).join(', ')})`

/** The values of a column of a type, read from its text in SQL. */
export function fromSqlText(found: string | null, type: ColumnType): Cell {
  if (found === null) return null
  switch (type) {
    case 'text':
      return found
    case 'integer':
      return BigInt(found)
    case 'float':
      return found === 'inf' ? Infinity : found === '-inf' ? -Infinity : Number(found)
    case 'boolean':
      return found === 'true'
    default:
      return found
  }
}
