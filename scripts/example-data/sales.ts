/** The dirty sales files of examples/data-processing. */
import { type Chance, chance, line, two } from './chance.ts'

const FIRST = [
  'Ana',
  'Ben',
  'Chloé',
  'Dmitri',
  'Eva',
  'Fatima',
  'George',
  'Hana',
  'Ivan',
  'José',
  'Kim',
  'Lars',
  'Mia',
  'Noor',
  'Olga',
  'Priya',
]
const LAST = ['Smith', 'García', 'Müller', "O'Brien", 'Kim', 'Novák', 'Rossi', 'Silva', 'Tanaka', 'Yılmaz', 'Dubois', 'Jensen']
const COUNTRIES = [
  ['United States', 'UNITED STATES', 'United-States', 'united states'],
  ['Germany', 'GERMANY', 'germany '],
  ['France', 'france'],
  ['Spain', 'SPAIN'],
  ['Italy', ' Italy'],
  ['Japan', 'japan'],
  ['Brazil'],
  ['India', 'INDIA'],
] as const
const CATEGORIES = ['Electronics', 'Clothing', 'Home & Garden', 'Toys', 'Books'] as const
const PRODUCTS: Readonly<Record<string, readonly string[]>> = {
  Electronics: ['Headphones', 'Keyboard', 'Webcam', 'USB-C Cable, 2 m'],
  Clothing: ['T-Shirt', 'Rain Jacket', 'Wool Socks', 'Cap'],
  'Home & Garden': ['Watering Can', 'Desk Lamp', 'Tool Set, 32 pieces', 'Plant Pot 12"'],
  Toys: ['Puzzle', 'Kite', 'Building Blocks', 'Yo-Yo'],
  Books: ['Atlas', 'Cookbook', 'Novel', 'Dictionary'],
}
const NOTES = [
  '',
  '',
  '',
  'gift',
  'leave at the door',
  'call before delivery',
  'said "as soon as possible"',
  'two parcels,\none invoice',
  'n/a',
  '-',
]

const dates: readonly ((day: Date) => string)[] = [
  (day) => day.toISOString().slice(0, 10),
  (day) => day.toISOString().slice(0, 10),
  (day) => `${two(day.getUTCDate())}/${two(day.getUTCMonth() + 1)}/${day.getUTCFullYear()}`,
  (day) => `${day.toLocaleString('en', { month: 'short', timeZone: 'UTC' })} ${two(day.getUTCDate())}, ${day.getUTCFullYear()}`,
  (day) => `${day.getUTCFullYear()}/${two(day.getUTCMonth() + 1)}/${two(day.getUTCDate())}`,
]

function phone({ pick, below }: Chance): string {
  const line = String(below(10_000)).padStart(4, '0')
  return pick([`(555) 010-${line}`, `555-010-${line}`, `+1 555 010 ${line}`, `555.010.${line}`, `+44 20 7946 0${line.slice(0, 3)}`])
}

function email({ pick, below, happens }: Chance, name: string): string {
  if (happens(0.03)) return pick(['not-an-email', 'user@', '@example.com', 'two words@example.com'])
  const local = name
    .normalize('NFKD')
    .replace(/[^\p{L} ]/gu, '')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(' ', '.')
  const address = `${local}${below(900) + 100}@${pick(['example.com', 'mail.example.org', 'shop.example.net'])}`
  return happens(0.1) ? ` ${address}` : happens(0.08) ? address.toUpperCase() : address
}

function price({ below, pick, happens }: Chance): string {
  if (happens(0.03)) return pick(['', 'N/A', 'null'])
  if (happens(0.004)) return pick(['tbd', 'ask'])
  const amount = happens(0.004) ? 50_000 + below(90_000) : (below(39_000) + 100) / 100
  const plain = amount.toFixed(2)
  const grouped = amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return pick([plain, plain, `$${grouped}`, `USD ${plain}`, grouped])
}

const missing = ({ happens, pick }: Chance, share: number, value: string) => (happens(share) ? pick(['', 'N/A', 'null', '-', 'NA']) : value)

function order(random: Chance, number: number, start: Date, days: number): string[] {
  const { pick, below, happens } = random
  const ordered = new Date(start.getTime() + below(days) * 86_400_000)
  const shipped = new Date(ordered.getTime() + (1 + below(5)) * 86_400_000)
  const delivered = new Date(shipped.getTime() + (1 + below(9)) * 86_400_000)
  const name = `${pick(FIRST)} ${pick(LAST)}`
  const category = pick(CATEGORIES)
  const shown = happens(0.15) ? pick([category.toLowerCase(), category.toUpperCase(), ` ${category}`]) : category
  return [
    `ORD-${String(number).padStart(6, '0')}`,
    pick(dates)(ordered),
    `C${String(below(2_500)).padStart(5, '0')}`,
    happens(0.05) ? `  ${name}` : name,
    missing(random, 0.02, email(random, name)),
    missing(random, 0.06, phone(random)),
    happens(0.25) ? pick(pick(COUNTRIES)) : pick(COUNTRIES)[0],
    missing(random, 0.07, pick(['North', 'South', 'East', 'West', 'north', 'SOUTH'])),
    missing(random, 0.03, shown),
    pick(PRODUCTS[category] ?? []),
    missing(random, 0.05, happens(0.003) ? '999' : String(1 + below(12))),
    price(random),
    pick(['0', '0', '0', '0.05', '0.1', '0.15', '0.2']),
    shipped.toISOString().slice(0, 10),
    missing(random, 0.08, delivered.toISOString().slice(0, 10)),
    pick(['delivered', 'shipped', 'pending', 'returned', 'Delivered', 'SHIPPED']),
    pick(['yes', 'no', 'Y', 'N', 'true', 'false']),
    missing(random, 0.25, String(1 + below(5))),
    pick(NOTES),
  ]
}

const HEADER =
  'order_id,order_date,customer_id,customer_name,email,phone,country,region,category,product,quantity,unit_price,discount,ship_date,delivery_date,status,gift,rating,notes'

interface Quarter {
  readonly file: string
  readonly start: string
  readonly rows: number
  readonly newline: string
  readonly seed: number
  /** How much dirtier than the others, as a share of cells emptied. */
  readonly emptied: number
}

const QUARTERS: readonly Quarter[] = [
  { file: 'sales_2024_q1.csv', start: '2024-01-01', rows: 4_000, newline: '\n', seed: 1, emptied: 0 },
  { file: 'sales_2024_q2.csv', start: '2024-04-01', rows: 5_000, newline: '\r\n', seed: 2, emptied: 0 },
  { file: 'sales_2024_q3.csv', start: '2024-07-01', rows: 3_000, newline: '\n', seed: 3, emptied: 0.09 },
]

/** Columns a sloppy export leaves empty; never the key, the dates or the money. */
const MAY_BE_EMPTY = [3, 6, 8, 9, 15]

/** Three quarters of sales, dirty in the ways real exports are, by the names of their files. */
export function sales(): { readonly [file: string]: string } {
  const files: { [file: string]: string } = {}
  let number = 1
  let repeatable: string[] = []
  for (const { file, start, rows, newline, seed, emptied } of QUARTERS) {
    const random = chance(seed)
    const lines: string[] = []
    for (let row = 0; row < rows; row++) {
      const values = order(random, number++, new Date(`${start}T00:00:00Z`), 90)
      for (const at of MAY_BE_EMPTY) if (random.happens(emptied)) values[at] = ''
      lines.push(line(values))
      // now and then a row comes twice, in the same file or in the next
      if (repeatable.length > 0 && random.happens(0.003)) lines.push(random.pick(repeatable))
      if (random.happens(0.02)) repeatable.push(line(values))
      // a broken line: a field lost, or one too many
      if (random.happens(0.0008)) lines.push(line(values.slice(0, -2)))
      if (random.happens(0.0005)) lines.push(`${line(values)},surplus`)
    }
    repeatable = repeatable.slice(-50)
    const text = `${[HEADER, ...lines].join('\n')}\n`
    files[file] = newline === '\n' ? text : text.replaceAll('\n', newline)
  }
  return files
}
