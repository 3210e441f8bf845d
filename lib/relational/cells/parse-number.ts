/** parse_integer and parse_decimal: convert text to numbers, with the symbols and separators found in the column. */
import { formattedForm, isPlain, type NumberFormat, plainForm } from '#relational/types/number-forms.ts'
import { allOf, type Once, text } from '#relational/types/sql.ts'
import { type CellOperation, defineCell } from './cell.ts'

type Kind = 'integer' | 'decimal'

const SQL_TYPE = { integer: 'BIGINT', decimal: 'DOUBLE' } as const

const matches = (cell: string, pattern: string) => `regexp_full_match(${cell}, ${text(pattern)})`

/** The digits of a cell in another form, with a point as decimal mark and a minus before them. */
function plainDigits(cell: string, { decimal, symbols }: NumberFormat): string {
  const pointed = symbols.filter((symbol) => symbol.includes('.') || symbol.includes(','))
  const bare = pointed.reduce((sql, symbol) => `replace(${sql}, ${text(symbol)}, '')`, cell)
  const digits = `regexp_replace(${bare}, ${text(`[^0-9${decimal}]`)}, '', 'g')`
  const sign = `CASE WHEN regexp_matches(${cell}, '[-\u2212(]') THEN '-' ELSE '' END`
  return `${sign} || ${decimal === ',' ? `replace(${digits}, ',', '.')` : digits}`
}

/** The significant digits of a number, as in number-forms.ts. */
const significant = (sql: string) => `trim(regexp_replace(regexp_replace(${sql}, '[eE].*', ''), '[^0-9]', '', 'g'), '0')`

/** A plain text as a number; NULL if the type cannot hold exactly this number. */
function cast(plain: string, kind: Kind, { loose = false }: NumberFormat, once: Once): string {
  const value = `TRY_CAST(${plain} AS ${SQL_TYPE[kind]})`
  // the pattern leaves only zeros behind a point, so the cast does not round
  if (kind === 'integer') return value
  return once(value, (number) => {
    const finite = `CASE WHEN isfinite(${number}) THEN ${number} END`
    if (loose) return finite
    const exact = `${significant(`CAST(${number} AS VARCHAR)`)} = ${significant(plain)}`
    return `CASE WHEN strlen(${plain}) <= 15 THEN ${finite} WHEN ${exact} THEN ${number} END`
  })
}

/** The cell as a number, or NULL. The pattern comes first, because a cast accepts too much: '1_000' is 1000, '+-5' is -5, '007' is 7. */
function number(cell: string, kind: Kind, format: NumberFormat, once: Once): string {
  if (format.sound === true && (isPlain(format) || format.decimal === '.')) return known(cell, kind, format, once)
  const arms = [`WHEN ${matches(cell, plainForm(kind, format))} THEN ${cast(cell, kind, format, once)}`]
  const other = formattedForm(kind, format)
  if (other !== null)
    arms.push(`WHEN ${matches(cell, other)} THEN ${once(plainDigits(cell, format), (plain) => cast(plain, kind, format, once))}`)
  return `CASE ${arms.join(' ')} END`
}

/**
 * The same for cells that are known to have one of the forms. With a point as decimal mark, what a cast reads is the number: it reads no
 * grouped digits, symbols or brackets. With a comma, 1.234 can be a grouped 1234.
 */
function known(cell: string, kind: Kind, format: NumberFormat, once: Once): string {
  const read = (plain: string) => `TRY_CAST(${plain} AS ${SQL_TYPE[kind]})`
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
function reformatted(cell: string, kind: Kind, format: NumberFormat): string {
  const other = formattedForm(kind, format)
  return other === null ? 'FALSE' : allOf([`NOT ${matches(cell, plainForm(kind, format))}`, matches(cell, other)])
}

const asFormat = (options: unknown) => options as NumberFormat

export const parseDecimal: CellOperation = defineCell({
  name: 'parse_decimal',
  summary: 'Converts text to decimal numbers; anything else becomes missing.',
  type: () => 'decimal',
  sql: (cell, options, _before, once) => number(cell, 'decimal', asFormat(options), once),
  changes: (cell, options) => reformatted(cell, 'decimal', asFormat(options)),
})

/** Whole numbers in plain digits, which a cast reads unchanged. */
const isDigits = (value: string) => /^(-?(?:0|[1-9]\d{0,14}))?$/.test(value)

export const parseInteger: CellOperation = defineCell({
  name: 'parse_integer',
  summary: 'Converts text to integers; anything else becomes missing.',
  type: () => 'integer',
  sql: (cell, options, _before, once) => {
    const format = asFormat(options)
    return format.digits === true ? `TRY_CAST(${cell} AS BIGINT)` : number(cell, 'integer', format, once)
  },
  changes: (cell, options) => (asFormat(options).digits === true ? 'FALSE' : reformatted(cell, 'integer', asFormat(options))),
  narrowed: (options, values) => ({ ...options, digits: [...values].every(isDigits) }),
})
