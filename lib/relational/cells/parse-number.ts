/** parse_integer, parse_float and parse_decimal: convert text to numbers, with the symbols and separators found in the column. */
import { formattedForm, isPlain, type NumberFormat, type NumberKind, plainForm, shiftOf } from '#relational/types/number-forms.ts'
import { allOf, anyOf, type Once, sqlType, text } from '#relational/types/sql.ts'
import { decimalType } from '#relational/types/types.ts'
import { type CellOperation, defineCell } from './cell.ts'

/** What a cell is converted to: its forms, and its type. */
interface Target {
  readonly kind: NumberKind
  readonly sql: string
}

const INTEGER: Target = { kind: 'integer', sql: sqlType('integer') }
const FLOAT: Target = { kind: 'float', sql: sqlType('float') }

const matches = (cell: string, pattern: string) => `regexp_full_match(${cell}, ${text(pattern)})`

/** The forms of a column's numbers: in plain form, and in its other form. */
function formsOf(kind: NumberKind, format: NumberFormat): readonly string[] {
  const other = formattedForm(kind, format)
  return [...(format.share === undefined ? [plainForm(kind, format)] : []), ...(other === null ? [] : [other])]
}

/** Whether a text is a number in the column's format, of any number of digits. */
export function isNumberText(cell: string, format: NumberFormat): string {
  return anyOf(formsOf('float', format).map((form) => matches(cell, form)))
}

/** The digits of a cell in another form, with a point as decimal mark and a minus before them. */
export function plainDigits(cell: string, { decimal, symbols }: NumberFormat): string {
  const pointed = symbols.filter((symbol) => symbol.includes('.') || symbol.includes(','))
  const bare = pointed.reduce((sql, symbol) => `replace(${sql}, ${text(symbol)}, '')`, cell)
  const digits = `regexp_replace(${bare}, ${text(`[^0-9${decimal}]`)}, '', 'g')`
  const sign = `CASE WHEN regexp_matches(${cell}, '[-\u2212(]') THEN '-' ELSE '' END`
  return `${sign} || ${decimal === ',' ? `replace(${digits}, ',', '.')` : digits}`
}

/** The significant digits of a number, as in number-forms.ts. */
const significant = (sql: string) => `trim(regexp_replace(regexp_replace(${sql}, '[eE].*', ''), '[^0-9]', '', 'g'), '0')`

/** A plain text as a number; NULL if the type cannot hold exactly this number. */
function cast(plain: string, { kind, sql }: Target, { loose = false, share }: NumberFormat, once: Once): string {
  const shift = shiftOf(share)
  const value = `TRY_CAST(${shift === 0 ? plain : `${plain} || 'e-${shift}'`} AS ${sql})`
  // the pattern leaves no digits that the type does not have, so the cast does not round
  if (kind !== 'float') return value
  return once(value, (number) => {
    const finite = `CASE WHEN isfinite(${number}) THEN ${number} END`
    if (loose) return finite
    const exact = `${significant(`CAST(${number} AS VARCHAR)`)} = ${significant(plain)}`
    return `CASE WHEN strlen(${plain}) <= 15 THEN ${finite} WHEN ${exact} THEN ${number} END`
  })
}

/** The cell as a number, or NULL. The pattern comes first, because a cast accepts too much: '1_000' is 1000, '+-5' is -5, '007' is 7. */
function number(cell: string, target: Target, format: NumberFormat, once: Once): string {
  if (format.sound === true && format.share === undefined && (isPlain(format) || format.decimal === '.'))
    return known(cell, target, format, once)
  const plain = `WHEN ${matches(cell, plainForm(target.kind, format))} THEN ${cast(cell, target, format, once)}`
  const arms = format.share === undefined ? [plain] : []
  const other = formattedForm(target.kind, format)
  if (other !== null)
    arms.push(`WHEN ${matches(cell, other)} THEN ${once(plainDigits(cell, format), (plain) => cast(plain, target, format, once))}`)
  return `CASE ${arms.join(' ')} END`
}

/**
 * The same for cells that are known to have one of the forms. With a point as decimal mark, what a cast reads is the number: it reads no
 * grouped digits, symbols or brackets. With a comma, 1.234 can be a grouped 1234.
 */
function known(cell: string, { sql }: Target, format: NumberFormat, once: Once): string {
  const read = (plain: string) => `TRY_CAST(${plain} AS ${sql})`
  if (isPlain(format)) return read(cell)
  const other = `COALESCE(${read(bare(cell, format))}, ${read(plainDigits(cell, format))})`
  return once(read(cell), (plain) => `CASE WHEN ${plain} IS NULL THEN ${other} ELSE ${plain} END`)
}

/** The cell without symbols and marks of groups: the number, unless its sign or a space is in an odd place. Much cheaper than a pattern. */
function bare(cell: string, { grouping, symbols }: NumberFormat): string {
  const longestFirst = [...symbols].sort((a, b) => b.length - a.length)
  return [...longestFirst, grouping].reduce((sql, part) => (part === '' ? sql : `replace(${sql}, ${text(part)}, '')`), cell)
}

/** A number that is not written in plain form. */
function reformatted(cell: string, kind: NumberKind, format: NumberFormat): string {
  const other = formattedForm(kind, format)
  if (other === null) return 'FALSE'
  return format.share === undefined ? allOf([`NOT ${matches(cell, plainForm(kind, format))}`, matches(cell, other)]) : matches(cell, other)
}

const asFormat = (options: unknown) => options as NumberFormat

export const parseDouble: CellOperation = defineCell({
  name: 'parse_float',
  summary: 'Converts text to 64-bit floats; anything else becomes missing.',
  type: () => 'float',
  sql: (cell, options, _before, once) => number(cell, FLOAT, asFormat(options), once),
  changes: (cell, options) => reformatted(cell, 'float', asFormat(options)),
})

/** The format of a column of exact decimals, with the digits of its type. */
export type DecimalFormat = NumberFormat & { readonly precision: number; readonly scale: number }

/** The digits behind the point that may be written: 12.5 % is 0.125. */
const writtenKind = (scale: number, { share }: NumberFormat) => ({ scale: Math.max(0, scale - shiftOf(share)) })

export const parseDecimal = defineCell<DecimalFormat>({
  name: 'parse_decimal',
  summary: 'Converts text to exact decimals; anything else, and numbers with more digits than the type has, become missing.',
  type: (_before, { precision, scale }) => decimalType(precision, scale),
  sql: (cell, { precision, scale, ...format }, _before, once) =>
    number(cell, { kind: writtenKind(scale, format), sql: sqlType(decimalType(precision, scale)) }, format, once),
  changes: (cell, { scale, ...format }) => reformatted(cell, writtenKind(scale, format), format),
})

/** Whole numbers in plain digits, which a cast reads unchanged. */
const isDigits = (value: string) => /^(-?(?:0|[1-9]\d{0,14}))?$/.test(value)

export const parseInteger: CellOperation = defineCell({
  name: 'parse_integer',
  summary: 'Converts text to integers; anything else becomes missing.',
  type: () => 'integer',
  sql: (cell, options, _before, once) => {
    const format = asFormat(options)
    return format.digits === true ? `TRY_CAST(${cell} AS BIGINT)` : number(cell, INTEGER, format, once)
  },
  changes: (cell, options) => (asFormat(options).digits === true ? 'FALSE' : reformatted(cell, 'integer', asFormat(options))),
  narrowed: (options, values) => ({ ...options, digits: [...values].every(isDigits) }),
})
