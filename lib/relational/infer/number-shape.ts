/** The shape of numbers that are not in plain form: `$1,234.50`, `1.234,50 €`, `1 234`, `EUR 12`, `(5.00)`. */
import { escaped } from '#relational/types/text-forms.ts'
import { GROUP_SPACES } from '#relational/types/number-forms.ts'

export interface NumberShape {
  /** '' without decimals; `?` where 1,234 could be a thousand or one and a bit. */
  readonly decimal: string
  /** `?` where decimal is. */
  readonly grouping: string
  /** Groups of two above the thousands: 12,34,567. */
  readonly lakhs: boolean
  readonly symbol: string
  /** Digits alone in parentheses: a negative number, or the number of a note. */
  readonly enclosed: boolean
}

const SIGNS = '[+\\-\u2212]'
const SPACE = `[${GROUP_SPACES}]`
const MARK = '[$€£¥₹₽₩₺₴₦₱₫₪฿]'
/** ISO 4217 codes of currencies with money (those that begin with X are metals and the like), and abbreviations in use. */
const WORDS = [
  ...Intl.supportedValuesOf('currency').filter((code) => !code.startsWith('X')),
  'kr',
  'zł',
  'Kč',
  'Ft',
  'lei',
  'Fr.',
  'Fr',
  'Rs.',
  'Rs',
]
const WORD = WORDS.map(escaped).join('|')
const BEFORE = `(?:(?<mark>${MARK})${SPACE}*|(?<word>${WORD})${SPACE}+)`
const AFTER = `(?:${SPACE}*(?<mark2>${MARK})|${SPACE}+(?<word2>${WORD}))`
const SHAPE = new RegExp(
  `^(?<open>\\()?(?<sign>${SIGNS})?${BEFORE}?(?<sign2>${SIGNS})?(?<body>\\d(?:[\\d.,'\u2019${GROUP_SPACES}]*\\d)?)(?<trail>[\\-\u2212])?${AFTER}?(?:${SPACE}*(?<share>[%‰]))?(?<close>\\))?$`,
)

type Body = Pick<NumberShape, 'decimal' | 'grouping'> & { readonly shape: RegExp; readonly lakhs?: boolean }

const BODIES: readonly Body[] = [
  { shape: /^(?:0|[1-9]\d*)$/, decimal: '', grouping: '' },
  { shape: /^(?:0|[1-9]\d*)\.\d+$/, decimal: '.', grouping: '' },
  { shape: /^[1-9]\d{0,2},\d{3}$/, decimal: '?', grouping: '?' },
  { shape: /^[1-9]\d{0,2}(?:,\d{3})+\.\d+$/, decimal: '.', grouping: ',' },
  { shape: /^[1-9]\d{0,2}(?:,\d{3}){2,}$/, decimal: '', grouping: ',' },
  { shape: /^[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d+)?$/, decimal: '.', grouping: ',', lakhs: true },
  { shape: /^[1-9]\d{0,2}(?:\.\d{3})+,\d+$/, decimal: ',', grouping: '.' },
  { shape: /^[1-9]\d{0,2}(?:\.\d{3}){2,}$/, decimal: '', grouping: '.' },
  { shape: /^(?:0|[1-9]\d*),\d+$/, decimal: ',', grouping: '' },
  { shape: /^[1-9]\d{0,2}(?:(['\u2019])\d{3})(?:\1\d{3})*(?:\.\d+)?$/, decimal: '.', grouping: "'" },
  { shape: spaced(''), decimal: '', grouping: ' ' },
  { shape: spaced(',\\d+'), decimal: ',', grouping: ' ' },
  { shape: spaced('\\.\\d+'), decimal: '.', grouping: ' ' },
]

/** One kind of space throughout. */
function spaced(fraction: string): RegExp {
  return new RegExp(`^[1-9]\\d{0,2}(${SPACE})\\d{3}(?:\\1\\d{3})*${fraction}$`)
}

/** The shape of a number that is not in plain form; null for other cells. */
export function shapeOfNumber(cell: string): NumberShape | null {
  if (cell.length > 40) return null
  const groups = SHAPE.exec(cell)?.groups
  if (groups === undefined) return null
  const { open, close, sign, sign2, trail, body = '', mark, mark2, word, word2, share } = groups
  if ((open === undefined) !== (close === undefined)) return null
  if ([open, sign, sign2, trail].filter((one) => one !== undefined).length > 1) return null
  const symbols = [mark, mark2, word, word2, share].filter((one) => one !== undefined)
  if (symbols.length > 1) return null
  if (share !== undefined && (open !== undefined || trail !== undefined)) return null
  const form = BODIES.find(({ shape }) => shape.test(body))
  return form === undefined
    ? null
    : {
        decimal: form.decimal,
        grouping: form.grouping,
        lakhs: form.lakhs ?? false,
        symbol: symbols[0] ?? '',
        enclosed: open !== undefined && /^\d+$/.test(body) && symbols.length === 0,
      }
}

/** A shape as the key of a count, and back. */
export const keyOfShape = ({ decimal, grouping, lakhs, symbol, enclosed }: NumberShape) =>
  `${decimal}|${grouping}|${lakhs ? 'lakhs' : ''}|${enclosed ? 'enclosed' : ''}|${symbol}`
export function shapeOfKey(key: string): NumberShape {
  const [decimal = '', grouping = '', lakhs = '', enclosed = '', symbol = ''] = key.split('|')
  return { decimal, grouping, lakhs: lakhs !== '', symbol, enclosed: enclosed !== '' }
}

/** The digits of such a number, with a point as decimal mark. */
export function digitsOfShape(cell: string, { decimal, symbol }: NumberShape): string {
  // `Rs. 5` has a point that is no decimal mark
  const bare = symbol === '' ? cell : cell.replace(symbol, '')
  return bare.replace(decimal === ',' ? /[^\d,]/g : decimal === '.' ? /[^\d.]/g : /\D/g, '').replace(',', '.')
}

/** The value of such a number in a shape, for estimates. */
export const valueOfShape = (cell: string, shape: NumberShape) => (/[-\u2212(]/.test(cell) ? -1 : 1) * Number(digitsOfShape(cell, shape))
