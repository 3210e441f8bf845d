/** parse_integer and parse_decimal: convert text to numbers, with the symbols and separators found in the column. */
import { allOf, anyOf, type Once, text } from '#relational/types/sql.ts'
import { type CellOperation, defineCell } from './cell.ts'

/** How the numbers of a column are written, apart from the plain form `-1234.5`. */
export type NumberFormat = {
  /** The decimal mark: a point or a comma. */
  readonly decimal: '.' | ','
  /** The characters that group thousands: '', `,`, `.`, `'` or a space. */
  readonly grouping: string
  /** Currency symbols and codes before or after the number, such as `$` or `EUR`. */
  readonly symbols: readonly string[]
  /** Whether every cell is known to be empty or plain digits with an optional minus. */
  readonly digits?: boolean
}

const isPlain = (format: NumberFormat) => format.decimal === '.' && format.grouping === '' && format.symbols.length === 0

/** The number without symbols and grouping, with a point as decimal mark. */
function stripped(cell: string, format: NumberFormat): string {
  const letters = [...new Set([...format.symbols.join(''), ' '])].join('')
  let sql = format.symbols.length === 0 ? cell : `trim(${cell}, ${text(letters)})`
  // `-$5`: the sign comes before the symbol
  if (format.symbols.length > 0)
    sql = `CASE WHEN ${allOf([`${cell} < '.'`, `prefix(${cell}, '-')`])} THEN '-' || ltrim(${cell}, ${text(`-${letters}`)}) ELSE ${sql} END`
  if (format.grouping !== '') sql = `replace(${sql}, ${text(format.grouping)}, '')`
  if (format.decimal === ',') sql = `replace(${sql}, ',', '.')`
  return sql
}

/** The cell as a DOUBLE, which may not be finite, or NULL. */
function number(cell: string, format: NumberFormat): string {
  const direct = `TRY_CAST(${cell} AS DOUBLE)`
  if (isPlain(format)) return direct
  const rewritten = `TRY_CAST(${stripped(cell, format)} AS DOUBLE)`
  if (format.decimal === ',' || format.grouping === '.') return rewritten
  // a failed cast costs as much as ten that succeed; a cell that begins with a symbol skips it
  return `CASE WHEN ${anyOf([`${cell} < '!'`, allOf([`${cell} >= '+'`, `${cell} < ':'`])])} THEN COALESCE(${direct}, ${rewritten}) ELSE ${rewritten} END`
}

/** The cell as a finite DOUBLE, or NULL: 'inf', 'nan' and 1e400 are not numbers to calculate with. */
const toDouble = (cell: string, format: NumberFormat, once: Once) =>
  once(number(cell, format), (value) => `CASE WHEN isfinite(${value}) THEN ${value} END`)

/** A number that is not written in plain form. */
const reformatted = (cell: string, format: NumberFormat) =>
  isPlain(format)
    ? 'FALSE'
    : allOf([`isfinite(${number(cell, format)})`, `NOT isfinite(COALESCE(TRY_CAST(${cell} AS DOUBLE), 'inf'::DOUBLE))`])

const asFormat = (options: unknown) => options as NumberFormat

export const parseDecimal: CellOperation = defineCell({
  name: 'parse_decimal',
  summary: 'Converts text to decimal numbers; anything else becomes missing.',
  type: () => 'decimal',
  sql: (cell, options, _before, once) => toDouble(cell, asFormat(options), once),
  changes: (cell, options) => reformatted(cell, asFormat(options)),
})

/** Whole numbers in plain digits, which a cast reads unchanged. */
const isDigits = (value: string) => /^(-?\d{1,15})?$/.test(value)

export const parseInteger: CellOperation = defineCell({
  name: 'parse_integer',
  summary: 'Converts text to integers; anything else becomes missing.',
  type: () => 'integer',
  // DuckDB rounds '1.5' to 2 when casting to BIGINT, so short numbers are cast to DOUBLE and must be whole, and long ones must be digits
  sql: (cell, options, _before, once) => {
    const format = asFormat(options)
    if (format.digits === true) return `TRY_CAST(${cell} AS BIGINT)`
    return once(
      number(cell, format),
      (value) =>
        `CASE WHEN strlen(${cell}) <= 15 THEN CASE WHEN trunc(${value}) = ${value} THEN TRY_CAST(${value} AS BIGINT) END WHEN regexp_full_match(${stripped(cell, format)}, '[+-]?[0-9]+') THEN TRY_CAST(${stripped(cell, format)} AS BIGINT) END`,
    )
  },
  changes: (cell, options) => (asFormat(options).digits === true ? 'FALSE' : reformatted(cell, asFormat(options))),
  narrowed: (options, values) => ({ ...options, digits: [...values].every(isDigits) }),
})
