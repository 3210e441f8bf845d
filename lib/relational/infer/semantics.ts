/** What a column means beyond its type: the known meanings, the patterns of their cells, and hints in column names. */
import { type ColumnType, isDecimal } from '#relational/types/types.ts'

/** A meaning with a pattern. `may` is a cheap test of the first character, the length or one character, which every cell of the shape passes. */
interface SemanticShape {
  readonly name: string
  readonly shape: Pick<RegExp, 'test'>
  readonly may: (cell: string, first: number) => boolean
}

const isDigit = (code: number) => code >= 48 && code <= 57
/** Codes below those of letters: digits, signs and spaces. */
const isNoLetter = (code: number) => code < 65

/** Meanings with a pattern. The SQL form of each is in `measures/semantic-rules.ts`. */
export const SEMANTIC_SHAPES: readonly SemanticShape[] = [
  { name: 'email', shape: /^[^\s@"]+@[^\s@"]+\.[^\s@".]+$/, may: (cell) => cell.includes('@') },
  { name: 'url', shape: /^(?:https?|ftp):\/\/\S+$/i, may: (cell) => cell.includes('://') },
  { name: 'uuid', shape: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, may: ({ length }) => length === 36 },
  { name: 'ip', shape: /^(?:\d{1,3}\.){3}\d{1,3}$/, may: ({ length }, first) => isDigit(first) && length <= 15 },
  { name: 'phone', shape: /^\+?[\d\s().-]{7,20}$/, may: ({ length }, first) => isNoLetter(first) && length >= 7 && length <= 21 },
  {
    name: 'time_of_day',
    shape: /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?: ?[ap]\.?m\.?)?$/i,
    may: (cell, first) => isDigit(first) && cell.includes(':'),
  },
  {
    name: 'year_range',
    shape: /^(?:1[5-9]|20)\d\d ?[-–/] ?(?:(?:1[5-9]|20)\d\d|\d\d)$/,
    may: ({ length }, first) => isDigit(first) && length <= 11,
  },
  {
    name: 'country',
    shape: { test: (cell: string) => countries().has(cell.toLowerCase()) },
    may: ({ length }, first) => !isNoLetter(first) && length <= 60,
  },
]

/** The names of the meanings whose shape a trimmed cell has. */
export function meaningsOfShape(cell: string): readonly string[] {
  const first = cell.charCodeAt(0)
  const found: string[] = []
  for (const { name, shape, may } of SEMANTIC_SHAPES) if (may(cell, first) && shape.test(cell)) found.push(name)
  return found
}

let known: Set<string> | undefined

/** Country names in English and ISO 3166 codes, in lower case, from the platform's own tables. */
function countries(): Set<string> {
  if (known !== undefined) return known
  known = new Set([
    'usa',
    'u.s.a.',
    'u.s.',
    'uk',
    'england',
    'scotland',
    'wales',
    'russia',
    'south korea',
    'north korea',
    'czech republic',
    'ivory coast',
    'holland',
  ])
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  for (const code of letters.flatMap((a) => letters.map((b) => a + b))) {
    const name = names.of(code)
    if (name === undefined || /^(XA|XB|ZZ|EU|EZ|UN|QO)$/.test(code)) continue
    known.add(code.toLowerCase())
    known.add(name.toLowerCase())
    known.add(name.toLowerCase().replace(/ \(.*\)| &.*$/, ''))
  }
  return known
}

interface NameHint {
  readonly name: string
  readonly hint: RegExp
  readonly types: readonly ColumnType[]
  /** Whether the range of the numbers is plausible. */
  readonly fits?: (smallest: number, largest: number) => boolean
}

/** Meanings that only the column's name suggests. Tried in order. */
const NAME_HINTS: readonly NameHint[] = [
  { name: 'latitude', hint: /^lat(itude)?$|_lat$/i, types: ['float'], fits: (low, high) => low >= -90 && high <= 90 },
  {
    name: 'longitude',
    hint: /^(lon|lng|long)(itude)?_?$|_(lon|lng)$/i,
    types: ['float'],
    fits: (low, high) => low >= -180 && high <= 180,
  },
  {
    name: 'date_part',
    hint: /^(month|day|hour|minute|second|weekday|week|quarter|dow)(_of_\w+)?$/i,
    types: ['integer'],
    fits: (low, high) => low >= 0 && high <= 366,
  },
  {
    name: 'direction',
    hint: /(^|[_\s-])(dir|direction|bearing|heading|azimuth)$/i,
    types: ['integer', 'float'],
    fits: (low, high) => low >= -180 && high <= 360,
  },
  { name: 'code', hint: /(^|[_\s-])(code|fips|zone|tz|timezone|utc_offset|rank)$|[a-z](Code|Zone)$/i, types: ['integer', 'float'] },
  {
    name: 'year',
    hint: /year|^yr$|jahr|ann[ée]e|^anno$|^a[nñ]o$|^rok$|jaar|^år$|^год$/i,
    types: ['integer'],
    fits: (low, high) => low >= 0 && high <= 3000,
  },
  { name: 'postal_code', hint: /post(al)?_?code|zip|plz|^postcode/i, types: ['text', 'integer'] },
  { name: 'currency', hint: /price|amount|cost|revenue|salary|gross|budget|_usd$|_eur$/i, types: ['float', 'integer'] },
  { name: 'percentage', hint: /percent|pct|_rate$/i, types: ['float'] },
  { name: 'id', hint: /(^|[_\s-])(id|key|uuid|guid|sku)$|^(id|key)([_\s-]|$)|[a-z]Id$|number$|_no$/i, types: ['text', 'integer'] },
]

/** The meaning that the name of a column suggests, if its numbers do not contradict it. */
export function meaningByName(name: string, type: ColumnType, smallest: number, largest: number): string | null {
  const kind = isDecimal(type) ? 'float' : type
  const hint = NAME_HINTS.find(({ hint: pattern, types }) => pattern.test(name) && types.includes(kind))
  return hint !== undefined && (hint.fits?.(smallest, largest) ?? true) ? hint.name : null
}

/** Meanings of numbers that identify a thing, a place, a time or a direction. They have no average and no outliers. */
const NAMING: ReadonlySet<string> = new Set([
  'id',
  'code',
  'year',
  'date_part',
  'direction',
  'postal_code',
  'latitude',
  'longitude',
  'phone',
])

export const isNaming = (semantic: string | null) => semantic !== null && NAMING.has(semantic)
