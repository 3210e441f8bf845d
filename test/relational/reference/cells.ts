/** The cell operations of the reference engine, by their names: the new cell, and whether the operation counts it as changed. */
import { FALSE_WORDS, TRUE_WORDS } from '#relational/cells/boolean-words.ts'
import type { DateOptions } from '#relational/cells/parse-date.ts'
import { AMOUNT } from '#relational/types/amounts.ts'
import { formattedForm, isExact, type NumberFormat, type NumberKind, plainForm } from '#relational/types/number-forms.ts'
import type { DecimalFormat } from '#relational/cells/parse-number.ts'
import { decimalText, unitsOf } from './decimals.ts'
import type { PhoneOptions } from '#relational/cells/phone.ts'
import type { Options } from '#relational/cells/cell.ts'
import type { ColumnType } from '#relational/types/types.ts'
import type { Json } from '#core/json.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { lowered, raised } from './letters.ts'
import { parseDate } from './parse-date.ts'
import { type Cell, compare, convert, finite } from './values.ts'

interface CellImplementation {
  apply(cell: Cell, options: Options, type: ColumnType): Cell
  /** Default: whether the cells differ. */
  changes?(cell: Cell, options: Options, type: ColumnType): boolean
}

const same = (a: Cell, b: Cell) => (a === null || b === null ? a === b : compare(a, b) === 0)

/** An operation on text; a missing cell stays missing. */
const ofText = (
  apply: (text: string, options: never) => Cell,
  changes?: (text: string, options: never) => boolean,
): CellImplementation => ({
  apply: (cell, options) => (cell === null ? null : apply(cell as string, options as never)),
  ...(changes === undefined ? {} : { changes: (cell, options) => cell !== null && changes(cell as string, options as never) }),
})

interface NullOptions {
  readonly tokens: readonly string[]
  readonly padded?: boolean
}
const isNull = (text: string, { tokens, padded = false }: NullOptions) => tokens.includes(padded ? trimmedText(text) : text)

const hasForm = (text: string, form: string) => new RegExp(`^(?:${form})$`).test(text)

/** The number in plain form; null if it is not in a form of the column. */
function plainOf(text: string, kind: NumberKind, format: NumberFormat): string | null {
  if (hasForm(text, plainForm(kind, format))) return text
  if (!isReformatted(text, format, kind)) return null
  const bare = format.symbols.filter((symbol) => /[.,]/.test(symbol)).reduce((rest, symbol) => rest.replaceAll(symbol, ''), text)
  const digits = bare.replace(format.decimal === ',' ? /[^0-9,]/g : /[^0-9.]/g, '').replace(',', '.')
  return `${/[-\u2212(]/.test(text) ? '-' : ''}${digits}`
}

function isReformatted(text: string, format: NumberFormat, kind: NumberKind): boolean {
  const other = formattedForm(kind, format)
  return other !== null && !hasForm(text, plainForm(kind, format)) && hasForm(text, other)
}

function parseFloatCell(text: string, format: NumberFormat): number | null {
  const plain = plainOf(text, 'float', format)
  return plain === null || !(format.loose === true || isExact(plain)) ? null : finite(Number(plain))
}

function parseDecimal(text: string, { precision, scale, ...format }: DecimalFormat): string | null {
  const plain = plainOf(text, { scale }, format)
  const units = plain === null ? null : unitsOf(plain, scale)
  return units === null || String(units).replace('-', '').length > precision ? null : decimalText(units, scale)
}

function parseInteger(text: string, format: NumberFormat): bigint | null {
  const plain = plainOf(text, 'integer', format)
  if (plain === null) return null
  const value = BigInt((plain.split('.')[0] ?? '').replace('+', ''))
  return BigInt.asIntN(64, value) === value ? value : null
}

const AMOUNTS = new RegExp(AMOUNT, 'u')

function amountNumber(text: string, format: DecimalFormat): Cell {
  const number = text.replace(AMOUNTS, '$1$3$4$5$7')
  return format.scale === 0 ? parseInteger(number, format) : parseDecimal(number, format)
}

const isAmong = (words: readonly string[], text: string) =>
  words.some((word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)].includes(text))

const parseBoolean = (text: string): Cell => (isAmong(TRUE_WORDS, text) ? true : isAmong(FALSE_WORDS, text) ? false : null)

const formulaText = (text: string): string | null => /^="((?:[^"]|"")*)"$/.exec(text)?.[1]?.replaceAll('""', '"') ?? null

function e164(text: string, { plan }: PhoneOptions): string {
  const number = text.replace(/[ ().\-/\t]/g, '')
  if (plan !== null && /^[0-9]{4,5}$/.test(number)) {
    const isShort =
      plan.lengths.length <= 4 && plan.lengths.some((length) => length < 6) && new RegExp(`^(?:${plan.pattern})$`).test(number)
    return isShort ? `+${plan.country_code}${number}` : text
  }
  if (!/^\+?[0-9]{6,18}$/.test(number)) return text
  if (number.startsWith('+')) return number
  if (plan === null) return text
  const { country_code, trunk_prefix, international_prefix, lengths } = plan
  const isOf = (prefix: string) => number.startsWith(prefix) && lengths.includes(number.length - prefix.length)
  if (international_prefix !== '' && number.startsWith(international_prefix)) return `+${number.slice(international_prefix.length)}`
  if (trunk_prefix !== '' && isOf(trunk_prefix)) return `+${country_code}${number.slice(trunk_prefix.length)}`
  if (isOf(country_code)) return `+${number}`
  return isOf('') ? `+${country_code}${number}` : text
}

interface Bounds {
  readonly low: number
  readonly high: number
}
const below = (cell: Cell, { low }: Bounds) => cell !== null && compare(Number(cell), low) < 0
const above = (cell: Cell, { high }: Bounds) => cell !== null && compare(Number(cell), high) > 0
const isOutside = (cell: Cell, options: Options) => below(cell, options as unknown as Bounds) || above(cell, options as unknown as Bounds)

function imputed(value: Json, type: ColumnType): Cell {
  if (typeof value === 'number') return type === 'integer' ? BigInt(value) : type === 'float' ? value : convert(value, 'float', type)
  if (typeof value === 'boolean') return convert(value, 'boolean', type)
  return convert(value as string | null, 'text', type)
}

/** The bytes of Windows-1252 from 0x80 to 0x9F, as Python decodes them. */
const WINDOWS_1252 = [...'€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ']
const MAC_ROMAN = [...new TextDecoder('macintosh').decode(Uint8Array.from({ length: 128 }, (_, at) => at + 128))]

/** Reads the characters as bytes of a code page, and the bytes as UTF-8, where the first of them begins a character of several bytes. */
function repairedText(text: string): string {
  const pages = [(c: string) => WINDOWS_1252.indexOf(c), (c: string) => MAC_ROMAN.indexOf(c)]
  const lead = /[\u00c2-\u00f4][^\0-\x7f]/u
  const macLead = new RegExp(`[${MAC_ROMAN.slice(0xc2 - 0x80, 0xf5 - 0x80).join('')}][^\\0-\\x7f]`, 'u')
  if (!lead.test(text) && !macLead.test(text)) return text
  for (const [page, at] of pages.entries()) {
    const bytes = [...text].map((c) => {
      const code = c.codePointAt(0) ?? 0
      if (code < 160 || (page === 0 && code < 256)) return code
      const found = at(c)
      return found < 0 ? -1 : found + 128
    })
    if (bytes.includes(-1)) continue
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes))
    } catch {
      // these are no bytes of UTF-8: the other page, or the text as it is
    }
  }
  return text
}

export const CELLS: ReadonlyMap<string, CellImplementation> = new Map<string, CellImplementation>([
  ['trim', ofText((text) => trimmedText(text))],
  [
    'null_values',
    ofText(
      (text, options: NullOptions) => (isNull(text, options) ? null : text),
      (text, options: NullOptions) => isNull(text, { ...options, tokens: options.tokens.filter((token) => token !== '') }),
    ),
  ],
  ['parse_integer', ofText(parseInteger, (text, format: NumberFormat) => isReformatted(text, format, 'integer'))],
  ['parse_float', ofText(parseFloatCell, (text, format: NumberFormat) => isReformatted(text, format, 'float'))],
  ['parse_decimal', ofText(parseDecimal, (text, { scale, ...format }: DecimalFormat) => isReformatted(text, format, { scale }))],
  [
    'formula_text',
    ofText(
      (text) => formulaText(text) ?? text,
      (text) => formulaText(text) !== null,
    ),
  ],
  ['repair_encoding', ofText(repairedText)],
  [
    'amount_number',
    ofText(amountNumber, (text, format: DecimalFormat) => !/^-?[0-9]+(\.[0-9]+)?$/.test(text) || amountNumber(text, format) === null),
  ],
  ['amount_mark', ofText((text) => trimmedText(text.replace(AMOUNTS, '$2$6')) || null)],
  ['parse_boolean', ofText(parseBoolean, (text) => parseBoolean(text) !== null && text !== 'true' && text !== 'false')],
  [
    'parse_date',
    ofText(
      (text, options: DateOptions) => parseDate(text, options),
      (text, options: DateOptions) =>
        !options.formats.every((format) => format.startsWith('%Y-')) && [...text][4] !== '-' && parseDate(text, options) !== null,
    ),
  ],
  ['lower', ofText(lowered)],
  ['upper', ofText(raised)],
  [
    'replace_values',
    ofText((text, { values }: { readonly values: { readonly [from: string]: string | null } }) =>
      Object.hasOwn(values, text) ? (values[text] ?? null) : text,
    ),
  ],
  ['e164', ofText(e164)],
  ['impute', { apply: (cell, { value }, type) => cell ?? imputed(value as Json, type), changes: (cell) => cell === null }],
  [
    'clamp',
    {
      apply: (cell, options, type) => {
        const bounds = options as unknown as Bounds
        if (below(cell, bounds)) return type === 'integer' ? BigInt(Math.ceil(bounds.low)) : bounds.low
        return above(cell, bounds) ? (type === 'integer' ? BigInt(Math.floor(bounds.high)) : bounds.high) : cell
      },
      changes: isOutside,
    },
  ],
  ['null_outside', { apply: (cell, options) => (isOutside(cell, options) ? null : cell), changes: isOutside }],
  [
    'cast',
    {
      apply: (cell, { to }, type) => convert(cell, type, to as ColumnType),
      changes: (cell, { to }, type) => {
        if (cell === null || (type === 'text' && trimmedText(cell as string) === '')) return false
        const value = convert(cell, type, to as ColumnType)
        if (value === null) return true
        if (type === 'integer' && to === 'float') return BigInt(value as number) !== cell
        return type === 'float' && to === 'integer' && Number(value) !== cell
      },
    },
  ],
])

/** The new cell, and whether it counts as changed. */
export function changedCell(
  name: string,
  cell: Cell,
  options: Options,
  type: ColumnType,
): { readonly cell: Cell; readonly changed: boolean } {
  const operation = CELLS.get(name)
  if (operation === undefined) throw new Error(`the reference engine has no cell operation ${name}`)
  const after = operation.apply(cell, options, type)
  return { cell: after, changed: operation.changes?.(cell, options, type) ?? !same(cell, after) }
}
