/** Numbers that are not in plain form: `$1,234.50`, `1.234,50 €`, `1 234`, `EUR 12`. */

export interface NumberShape {
  /** `decimal|grouping|symbol`; decimal is `?` where 1,234 could be either. */
  readonly key: string
  readonly value: number
}

/** Currency symbols, and the ISO 4217 codes of the platform: accepting any three letters would make codes such as ABC-12 numbers. */
const CODES = Intl.supportedValuesOf('currency').join('|')
const SYMBOL = String.raw`(?:[$€£¥₹₽₩]|${CODES}|kr|zł|Fr\.?)`
const SHAPE = new RegExp(
  String.raw`^(?<sign>[+-]?)\s*(?:(?<before>${SYMBOL})\s*)?(?<sign2>[+-]?)(?<body>\d[\d.,' \u00a0\u202f]*\d|\d)\s*(?<after>${SYMBOL})?$`,
)

const BODIES: readonly { readonly shape: RegExp; readonly decimal: string; readonly grouping: string }[] = [
  { shape: /^\d+$/, decimal: '', grouping: '' },
  { shape: /^\d+\.\d+$/, decimal: '.', grouping: '' },
  { shape: /^\d{1,3}(?:,\d{3})+\.\d+$/, decimal: '.', grouping: ',' },
  { shape: /^\d{1,3}(?:,\d{3}){2,}$/, decimal: '', grouping: ',' },
  { shape: /^[1-9]\d{0,2},\d{3}$/, decimal: '?', grouping: '?' },
  { shape: /^\d{1,3}(?:\.\d{3})+,\d+$/, decimal: ',', grouping: '.' },
  { shape: /^\d{1,3}(?:\.\d{3}){2,}$/, decimal: '', grouping: '.' },
  { shape: /^\d+,\d+$/, decimal: ',', grouping: '' },
  { shape: /^\d{1,3}(?:'\d{3})+(?:\.\d+)?$/, decimal: '.', grouping: "'" },
  { shape: /^\d{1,3}(?:[ \u00a0\u202f]\d{3})+$/, decimal: '', grouping: ' ' },
  { shape: /^\d{1,3}(?:[ \u00a0\u202f]\d{3})+,\d+$/, decimal: ',', grouping: ' ' },
  { shape: /^\d{1,3}(?:[ \u00a0\u202f]\d{3})+\.\d+$/, decimal: '.', grouping: ' ' },
]

/** The shape of a number that is not in plain form; null for other cells. */
export function shapeOfNumber(cell: string): NumberShape | null {
  if (cell.length > 40) return null
  const groups = SHAPE.exec(cell)?.groups
  const body = groups?.['body']
  if (groups === undefined || body === undefined) return null
  const symbol = groups['before'] ?? groups['after'] ?? ''
  const form = BODIES.find(({ shape }) => shape.test(body))
  if (form === undefined || (symbol === '' && form.grouping === '' && form.decimal !== ',' && form.decimal !== '?')) return null
  const plain =
    form.decimal === ','
      ? body.replace(/[.' \u00a0\u202f]/g, '').replace(',', '.')
      : body.replace(/[,' \u00a0\u202f]/g, '').replace(form.grouping === '.' ? /\./g : /$^/, '')
  const sign = groups['sign'] === '-' || groups['sign2'] === '-' ? -1 : 1
  return { key: `${form.decimal}|${form.grouping}|${symbol}`, value: sign * Number(plain) }
}
