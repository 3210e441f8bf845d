/**
 * The forms in which a column may write numbers, as patterns that mean the same in RE2 and JavaScript. Inference and reading share them, so
 * a cell is counted as a number exactly if it is read as one.
 */
import { escaped } from './text-forms.ts'

/** How the numbers of a column are written, apart from the plain form `-1234.5`. */
export type NumberFormat = {
  /** The decimal mark: a point or a comma. */
  readonly decimal: '.' | ','
  /** The characters that group thousands: '', `,`, `.`, `'` or a space. */
  readonly grouping: string
  /** Groups of two above the thousands, as in India: 12,34,567. */
  readonly lakhs?: boolean
  /** Currency symbols and codes before or after the number, such as `$` or `EUR`. */
  readonly symbols: readonly string[]
  /** Each number has this sign behind it, and is that share of what is written. */
  readonly share?: Share
  /** The author gave the type: leading zeros and digits that a 64-bit float cannot hold are dropped. */
  readonly loose?: boolean
  /** Whether every cell is known to be empty or plain digits with an optional minus. */
  readonly digits?: boolean
  /** Whether every cell is known to be missing, empty or a number of the column: the survey read each and found no other. */
  readonly sound?: boolean
}

/** Percent and per mille. */
export type Share = '%' | '‰'
export const isShare = (symbol: string): symbol is Share => symbol === '%' || symbol === '‰'

/** By how many digits a number with this sign moves behind the point. */
export const shiftOf = (share: Share | undefined) => (share === undefined ? 0 : share === '%' ? 2 : 3)

export const PLAIN_FORMAT: NumberFormat = { decimal: '.', grouping: '', symbols: [] }

export const isPlain = ({ decimal, grouping, symbols }: NumberFormat) => decimal === '.' && grouping === '' && symbols.length === 0

/** Spaces that group thousands: the usual one, no-break, narrow no-break, thin. */
export const GROUP_SPACES = ' \u00a0\u202f\u2009'
const MINUS = '\u2212-'

/** Digits of a whole number. A leading zero belongs to a code: 007 is not 7. */
const WHOLE = '(?:0|[1-9]\\d*)'

/** What the numbers of a column are: whole, 64-bit floats, or exact decimals with so many digits behind the point. */
export type NumberKind = 'integer' | 'float' | { readonly scale: number }

/** How many digits other than zeros may stand behind the point. */
const placesOf = (kind: Exclude<NumberKind, 'float'>) => (kind === 'integer' ? 0 : kind.scale)

/**
 * Numbers in plain form; not for shares, whose sign is part of each. An exponent needs a point or a sign somewhere, because `12E3` is as often a code as a number. With a decimal comma
 * only whole numbers are plain. Exact decimals have no exponent.
 */
export function plainForm(kind: NumberKind, { decimal, loose = false }: NumberFormat): string {
  const whole = loose ? '\\d+' : WHOLE
  if (decimal === ',') return `[+-]?${whole}`
  if (kind !== 'float') {
    const places = placesOf(kind)
    return places === 0 ? `[+-]?${whole}(?:\\.0*)?` : `[+-]?(?:${whole}(?:\\.\\d{0,${places}}0*)?|\\.\\d{1,${places}}0*)`
  }
  return `[+-]?(?:${whole}(?:\\.\\d*(?:[eE][+-]?\\d{1,3})?|[eE][+-]\\d{1,3})?|\\.\\d+(?:[eE][+-]?\\d{1,3})?)`
}

/** Numbers in the other forms of a column; null if it has none. Groups are accepted only where groups can stand. */
export function formattedForm(kind: NumberKind, format: NumberFormat): string | null {
  const { decimal, symbols, share, loose = false } = format
  if (isPlain(format) && share === undefined) return null
  const mark = escaped(decimal)
  const places = kind === 'float' ? '\\d+' : placesOf(kind) === 0 ? '0+' : `\\d{1,${placesOf(kind)}}0*`
  const fraction = `(?:${mark}${places})?`
  const bodies = [`${loose ? '\\d+' : WHOLE}${fraction}`, ...groupedForms(format).map((grouped) => `${grouped}${fraction}`)]
  const body = `(?:${bodies.join('|')})`
  const before = symbols.map((symbol) => (isWord(symbol) ? `${escaped(symbol)}[${GROUP_SPACES}]+` : `${escaped(symbol)}[${GROUP_SPACES}]*`))
  const after = symbols.map((symbol) => (isWord(symbol) ? `[${GROUP_SPACES}]+${escaped(symbol)}` : `[${GROUP_SPACES}]*${escaped(symbol)}`))
  const some = (forms: readonly string[]) => (forms.length === 0 ? '' : `(?:${forms.join('|')})?`)
  const sign = `[+${MINUS}]?`
  if (share !== undefined) return `${sign}${body}[${GROUP_SPACES}]*${share}`
  const leading = `${sign}${some(before)}${sign}${body}${some(after)}`
  const trailing = `${some(before)}${body}[${MINUS}]${some(after)}`
  const enclosed = `\\(${some(before)}${body}${some(after)}\\)`
  return `${leading}|${trailing}|${enclosed}`
}

/** Digits in groups. The space that groups must be the same kind throughout. */
function groupedForms({ grouping, lakhs = false }: NumberFormat): readonly string[] {
  if (grouping === '') return []
  const marks = grouping === ' ' ? [...GROUP_SPACES] : grouping === "'" ? ["'", '\u2019'] : [grouping]
  return marks.flatMap((mark) => {
    const by = escaped(mark)
    const threes = `[1-9]\\d{0,2}(?:${by}\\d{3})+`
    return lakhs ? [threes, `[1-9]\\d?(?:${by}\\d{2})+${by}\\d{3}`] : [threes]
  })
}

/** A currency code or abbreviation in letters is part of an amount only with a space between: CAD-101 and TOP10 are names. */
export const isWord = (symbol: string) => /\p{L}/u.test(symbol)

/** The significant digits of a number in plain form: equal for two texts of about the same size if they are the same number. */
const significantDigits = (text: string) =>
  text
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '')

/** Whether a 64-bit float holds exactly the number that a plain text shows: its shortest text is the same number. */
export function isExact(plain: string): boolean {
  const value = Number(plain)
  return Number.isFinite(value) && (plain.length <= 15 || significantDigits(String(value)) === significantDigits(plain))
}
