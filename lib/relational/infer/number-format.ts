/** How the numbers of a column are written: marks and currency, decided over all its cells, and what speaks against it. */
import { isShare, isWord, type NumberFormat, type Share, shiftOf } from '#relational/types/number-forms.ts'
import type { Evidence } from './evidence.ts'
import { type NumberShape, shapeOfKey } from './number-shape.ts'

/** Up to this share, cells in the other convention are errors; above it nobody knows which one holds. */
const FEW = 0.01

export interface Numbers {
  readonly format: NumberFormat
  /** Cells that are numbers in this format, and those of them with decimals. */
  readonly count: number
  readonly fractional: number
  /** The numbers of decimals that occur. */
  readonly scales: readonly number[]
  /** Why cells that look like numbers are not read as numbers; null if nothing speaks against it. */
  readonly against: string | null
}

type Counted = NumberShape & { readonly count: number }

/** Cells that only fit a decimal comma, and those that only fit a decimal point. */
function marksOf(evidence: Evidence): { readonly comma: number; readonly point: number } {
  let comma = 0
  let point = evidence.decimals - evidence.thousands
  for (const [key, count] of Object.entries(evidence.numbers)) {
    const { decimal, grouping } = shapeOfKey(key)
    if (decimal === ',' || grouping === '.') comma += count
    else if (decimal === '.' || grouping === ',') point += count
  }
  return { comma, point }
}

/** The mark that the cells of a column show beyond doubt; null if they show none or both. */
export function markOf(evidence: Evidence): '.' | ',' | null {
  const { comma, point } = marksOf(evidence)
  if (comma > 0 && point <= FEW * comma) return ','
  if (point > 0 && comma <= FEW * point) return '.'
  return null
}

/**
 * `locale` is the decimal mark that the other columns of the dataset show; `semicolons`: whether they delimit fields, as they do where the
 * comma is the decimal mark.
 */
export function numbersOf(name: string, evidence: Evidence, locale: '.' | ',' | null, semicolons = false): Numbers {
  const shapes = Object.entries(evidence.numbers).map(([key, count]): Counted => ({ ...shapeOfKey(key), count }))
  const sum = (fits: (shape: Counted) => boolean) => shapes.filter(fits).reduce((total, { count }) => total + count, 0)
  const { comma, point } = marksOf(evidence)
  const commas = sum(({ decimal }) => decimal === '?')
  const own = markOf(evidence)
  const decimal = own ?? (comma + point > 0 ? (comma > point ? ',' : '.') : (locale ?? '.'))
  const marks = decimal === ',' ? ['.', ' ', "'"] : [',', ' ', "'"]
  const written = marks.map((grouping) => ({ grouping, count: sum((shape) => shape.grouping === grouping) }))
  const best = written.reduce((a, b) => (b.count > a.count ? b : a))
  // 1,234 and 1.234 are thousands where the mark cannot be that of decimals
  const grouping =
    best.count > 0 ? best.grouping : decimal === '.' && commas > 0 ? ',' : decimal === ',' && evidence.thousands > 0 ? '.' : ''
  const signs = [...new Set(shapes.map(({ symbol }) => symbol).filter((symbol) => symbol !== ''))].sort()
  const symbols = signs.filter((sign) => !isShare(sign))
  const share = shareOf(
    signs,
    evidence,
    sum(({ symbol }) => isShare(symbol)),
  )
  const lakhs = grouping === ',' && shapes.some((shape) => shape.lakhs)
  const format: NumberFormat = { decimal, grouping, symbols, ...(lakhs ? { lakhs } : {}), ...(share === null ? {} : { share }) }
  const fits = (shape: Counted) =>
    (share === null ? !isShare(shape.symbol) : shape.symbol === share) &&
    (shape.decimal === '?'
      ? decimal === ',' || grouping === ','
      : ['', decimal].includes(shape.decimal) && ['', grouping].includes(shape.grouping))
  const scales = [
    ...Object.keys(decimal === '.' ? evidence.scales : {}),
    ...Object.keys(evidence.formatted_scales),
    ...(decimal === ',' && commas > 0 ? ['3'] : []),
  ]
  const plain = decimal === '.' ? evidence.decimals : grouping === '.' ? evidence.thousands : 0
  const against = againstOf(name, evidence, { comma, point, commas, locale, symbols, isOpen: own === null, semicolons })
  if (share !== null) {
    const written = scales.length === 0 ? [0] : scales.map(Number)
    return {
      format,
      count: sum(fits),
      fractional: sum(fits),
      scales: [...new Set(written)].map((places) => places + shiftOf(share)),
      against,
    }
  }
  const isMixed = signs.length > symbols.length
  return {
    format,
    count: evidence.integers + plain + sum(fits),
    fractional:
      (decimal === '.' ? evidence.decimals : 0) +
      sum((shape) => fits(shape) && (shape.decimal === decimal || (shape.decimal === '?' && decimal === ','))),
    scales: [...new Set(scales.map(Number))],
    against: isMixed ? `has numbers with and without ${signs.filter(isShare).join(' and ')}` : against,
  }
}

/** The sign for shares if nearly all numbers of the column have it; null otherwise. */
function shareOf(signs: readonly string[], { integers, decimals, numbers }: Evidence, count: number): Share | null {
  const [share, ...others] = signs.filter(isShare)
  if (share === undefined || others.length > 0 || signs.length > 1) return null
  const all = integers + decimals + Object.values(numbers).reduce((total, cells) => total + cells, 0)
  return count >= (1 - FEW) * all ? share : null
}

interface Seen {
  readonly comma: number
  readonly point: number
  /** Cells like 1,234. */
  readonly commas: number
  readonly locale: '.' | ',' | null
  readonly symbols: readonly string[]
  readonly isOpen: boolean
  readonly semicolons: boolean
}

function againstOf(name: string, evidence: Evidence, { comma, point, commas, locale, symbols, isOpen, semicolons }: Seen): string | null {
  const present = evidence.cells - evidence.missing
  const notes = Object.entries(evidence.numbers).reduce((sum, [key, count]) => sum + (shapeOfKey(key).enclosed ? count : 0), 0)
  if (notes > 0 && notes === present) return 'has only digits in parentheses, which may be negative numbers or numbers of notes'
  if (comma + point + commas + evidence.integers + evidence.decimals < present / 2 && symbols.length === 0) return null
  if (currencies(symbols).size > 1)
    return `holds amounts in ${symbols.join(' and ')}; amounts in several currencies are not one number, and {amounts: {columns: [${name}]}} in a clean step keeps the currencies in a column`
  if (symbols.length > 0 && symbols.every(isWord) && !MONEY.test(name) && point + comma <= present / 2)
    return `holds ${symbols.join(' and ')} before or after whole numbers, which may be codes`
  if (isOpen && comma > 0 && point > 0) return `has both decimal commas (${comma} cells) and decimal points (${point} cells)`
  if (!isOpen || comma + point > 0) return null
  if (commas > 0 && evidence.ungrouped > 0 && locale !== ',') return 'has thousands with and without a comma, so that 1,234 may be 1.234'
  if (commas > 0 && locale === null) return 'has numbers like 1,234, which may be thousands or decimals'
  if (evidence.thousands > 0 && (locale === ',' || (locale === null && semicolons && evidence.ungrouped === 0)))
    return 'has numbers like 1.234, which may be thousands or decimals'
  return null
}

/** Columns of money by their names, in the languages data comes in. */
const MONEY =
  /price|amount|cost|revenue|salary|gross|net|budget|fee|charge|balance|total|sum|value|betrag|preis|summe|kosten|umsatz|saldo|montant|prix|importe|precio|prezzo|valor|kwota|bedrag|belopp/i

const SAME: ReadonlyMap<string, string> = new Map([
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['₹', 'INR'],
  ['Rs', 'INR'],
  ['Rs.', 'INR'],
  ['₽', 'RUB'],
  ['₩', 'KRW'],
  ['₺', 'TRY'],
  ['₴', 'UAH'],
  ['₪', 'ILS'],
  ['zł', 'PLN'],
  ['Kč', 'CZK'],
  ['Ft', 'HUF'],
  ['lei', 'RON'],
  ['Fr', 'CHF'],
  ['Fr.', 'CHF'],
])

/** The code of a currency for its symbol or code, the symbol where several have it; null if it is none. */
export function currencyOf(mark: string): string | null {
  const code = SAME.get(mark)
  if (code !== undefined) return code
  return /^\p{Sc}$/u.test(mark) || CODES.has(mark) ? mark : null
}

const CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency').filter((code) => !code.startsWith('X')))

/** The currencies of symbols. A dollar or yen sign beside one code of such a currency means that one. */
function currencies(symbols: readonly string[]): ReadonlySet<string> {
  const codes = new Set(symbols.map((symbol) => SAME.get(symbol) ?? symbol))
  for (const [sign, possible] of SHARED) {
    const named = [...codes].filter((code) => possible.has(code))
    if (codes.has(sign) && named.length === 1) codes.delete(sign)
  }
  return codes
}

/** Signs of several currencies. */
const SHARED: readonly (readonly [sign: string, codes: ReadonlySet<string>])[] = [
  ['$', new Set(['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'MXN', 'ARS', 'CLP', 'COP', 'TWD'])],
  ['¥', new Set(['JPY', 'CNY'])],
]
