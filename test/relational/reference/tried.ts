/** The options that cell operations are tried with in the comparison of engines, and the cells. */
import fc from 'fast-check'
import { NULL_VALUES } from '#relational/cells/null-values.ts'
import type { Options } from '#relational/cells/cell.ts'
import { SIMPLE_TYPES, type ColumnType } from '#relational/types/types.ts'

const GERMANY = { country_code: '49', trunk_prefix: '0', international_prefix: '00', lengths: [10, 11], pattern: '[2-9][0-9]{9,10}' }
const NIUE = { country_code: '683', trunk_prefix: '', international_prefix: '00', lengths: [4, 7], pattern: '(?:[4-7]|888[0-9])[0-9]{3}' }
const AMERICA = { country_code: '1', trunk_prefix: '1', international_prefix: '011', lengths: [10], pattern: '[2-9][0-9]{9}' }

type Tried = readonly (readonly [name: string, type: ColumnType, options: Options])[]

const number = (decimal: '.' | ',', grouping: string, symbols: readonly string[]) => ({ decimal, grouping, symbols })
const FORMATS = [
  number('.', '', []),
  number('.', ',', ['$', 'EUR']),
  number(',', '.', ['€']),
  number(',', ' ', []),
  number('.', "'", ['CHF']),
]

export const TRIED: Tried = [
  ['trim', 'text', {}],
  ['null_values', 'text', { tokens: NULL_VALUES }],
  ['null_values', 'text', { tokens: ['', 'none', '99'], padded: true }],
  ['null_values', 'text', { tokens: [] }],
  ...FORMATS.flatMap(
    (format): Tried => [
      ['parse_integer', 'text', format],
      ['parse_float', 'text', format],
      ['parse_decimal', 'text', { ...format, precision: 6, scale: 2 }],
      ['parse_decimal', 'text', { ...format, precision: 38, scale: 0 }],
      ['amount_number', 'text', { ...format, precision: 9, scale: 2 }],
      ['amount_number', 'text', { ...format, precision: 9, scale: 0 }],
    ],
  ),
  ['amount_mark', 'text', {}],
  ['parse_boolean', 'text', {}],
  ['formula_text', 'text', {}],
  ['repair_encoding', 'text', {}],
  ['parse_date', 'text', { to: 'date', formats: ['%Y-%m-%d'] }],
  ['parse_date', 'text', { to: 'date', formats: ['%Y-%m-%d', '%d/%m/%Y', '%d/%m/%y', '%b %d, %Y'] }],
  ['parse_date', 'text', { to: 'date', formats: ['%Y/%m/%d', '%m/%d/%Y', '%d.%m.%y', '%d %B %Y'] }],
  ['parse_date', 'text', { to: 'timestamp', formats: ['%Y-%m-%dT%H:%M:%S%z', '%m/%d/%Y %I:%M %p', 'epoch_s', 'epoch_ms'] }],
  ['parse_date', 'text', { to: 'timestamp', formats: ['%Y-%m-%d %H:%M:%S', '%d.%m.%Y %H:%M'] }],
  ['lower', 'text', {}],
  ['upper', 'text', {}],
  ['replace_values', 'text', { values: { a: 'b', "it's": null, '': 'empty', constructor: 'x' } }],
  ['e164', 'text', { plan: AMERICA }],
  ['e164', 'text', { plan: GERMANY }],
  ['e164', 'text', { plan: NIUE }],
  ['e164', 'text', { plan: null }],
  ['impute', 'text', { value: "it's" }],
  ['impute', 'integer', { value: -7 }],
  ['impute', 'float', { value: 0.1 }],
  ['impute', 'boolean', { value: true }],
  ['impute', 'date', { value: '2024-02-29' }],
  ['impute', 'timestamp', { value: '2024-02-29 10:11:12.5' }],
  ['clamp', 'float', { low: -1.5, high: 10 }],
  ['clamp', 'integer', { low: -1.5, high: 10.5 }],
  ['null_outside', 'float', { low: -1.5, high: 10 }],
  ['null_outside', 'integer', { low: -1.5, high: 10.5 }],
  ...SIMPLE_TYPES.flatMap((type) => SIMPLE_TYPES.map((to): Tried[number] => ['cast', type, { to }])),
]

const two = (value: number) => String(value).padStart(2, '0')
const grouped = (value: number, mark: string) => String(value).replace(/\B(?=(\d{3})+$)/g, mark)

const numbers = fc
  .record({
    sign: fc.constantFrom('', '', '-', '+', '- '),
    symbol: fc.constantFrom('', '', '$', 'EUR ', '€', 'CHF', 'x'),
    whole: fc.oneof(fc.nat(2_000_000), fc.constantFrom(0, 1234567890123456, 9007199254740991)),
    mark: fc.constantFrom('', '', ',', '.', ' ', "'"),
    decimals: fc.constantFrom('', '', '.5', ',25', '.00', ',0', '.', 'e3', 'e-1', '.1e2', '5,5'),
    after: fc.constantFrom('', '', ' €', ' EUR', '%', ' kg', 'kg', ' oz. can', ' m²', '\u00a0l', ')', ' per 5'),
  })
  .map(({ sign, symbol, whole, mark, decimals, after }) => `${sign}${symbol}${grouped(whole, mark)}${decimals}${after}`)

const MONTHS = ['Jan', 'February', 'may', 'SEP', 'Sept', 'December', 'Foo']
const dates = fc
  .record({
    year: fc.constantFrom(1, 24, 99, 1900, 1999, 2000, 2023, 2024, 9999, 10000),
    month: fc.integer({ min: 0, max: 13 }),
    day: fc.integer({ min: 0, max: 32 }),
    time: fc.constantFrom(
      '',
      '',
      ' 10:30',
      'T10:30:00Z',
      ' 23:59:60',
      'T24:00:00',
      ' 10:30:00.1234567',
      'T10:30:00+02:00',
      ' 3:07 PM',
      ' 12:00 am',
      ' 10:30:00 -0130',
    ),
    form: fc.nat(7),
    word: fc.constantFrom(...MONTHS),
  })
  .map(({ year, month, day, time, form, word }) => {
    const [m, d] = [two(month), two(day)]
    const forms = [
      `${year}-${m}-${d}`,
      `${String(year).padStart(4, '0')}-${m}-${d}`,
      `${year}/${m}/${d}`,
      `${d}/${m}/${year}`,
      `${month}/${day}/${two(year % 100)}`,
    ]
    return `${[...forms, `${word} ${day}, ${year}`, `${d}.${m}.${year}`, `${day} ${word} ${year}`][form]}${time}`
  })

/** Texts as they stand in columns of numbers, dates, phones and words. */
export const cellTexts = fc.oneof(
  numbers,
  dates,
  fc.constantFrom(
    '1706695200',
    '1706695200000',
    '170669520.',
    '1706695.20',
    'epoch',
    'infinity',
    '-infinity',
    'Infinity ',
    '12345678901234e-1',
  ),
  fc.constantFrom('cafÃ©', 'caf√©', 'â‚¬5', 'Ð\u0087', 'Å‚Ã³dÅº', 'SÃO PAULO', 'Ã©\u0301', 'é', 'Ã\u00a0 la'),
  fc.constantFrom(
    '+1 (555) 010-9999',
    '0044 20 7946 0000',
    '555-0109999',
    '(030) 1234-5678',
    '1 555 010 9999',
    '011442079460000',
    '+49/30/12345',
  ),
  fc.constantFrom('yes', 'No', 'TRUE', 'True', 'tRue', 'f', 'OFF', 'on', 'none', ' none', '99', "it's", 'a', 'constructor', '__proto__'),
)
