/** What a small shop has: customers and their orders, visits of its site, files a supplier uploads. */
import { chance, line, two } from './chance.ts'

const day = (number: number) => new Date(Date.UTC(2025, 0, 1 + number)).toISOString().slice(0, 10)

const SEGMENTS = ['retail', 'retail', 'retail', 'trade', 'online'] as const
const COUNTRIES = ['Austria', 'Belgium', 'Denmark', 'France', 'Germany'] as const
const GOODS = [
  ['Lamp', 39.9],
  ['Chair', 89],
  ['Desk', 249.5],
  ['Shelf', 119],
  ['Rug', 74.25],
] as const

/** Orders of customers, of which some do not exist, some stand twice and some are cancelled. */
export function orders(): { readonly [file: string]: string } {
  const random = chance(11)
  const customers = Array.from({ length: 60 }, (_, at) => [
    `C${two(at + 1)}`,
    `${random.pick(['Adler', 'Birch', 'Cedar', 'Dune', 'Elm'])} ${random.pick(['Stores', 'Works', 'Interiors', '& Sons'])}`,
    random.pick(SEGMENTS),
    random.pick(COUNTRIES),
  ])
  const lines: string[] = []
  for (let number = 1; number <= 400; number++) {
    const [product, price] = random.pick(GOODS)
    const customer = random.happens(0.02) ? `C${90 + random.below(9)}` : (customers[random.below(60)]?.[0] ?? '')
    const values = [
      `O-${String(number).padStart(4, '0')}`,
      customer,
      day(random.below(90)),
      product,
      random.happens(0.02) ? '0' : String(1 + random.below(6)),
      random.happens(0.3) ? `EUR ${price.toFixed(2)}` : price.toFixed(2),
      random.pick(['paid', 'paid', 'paid', 'shipped', 'shipped', 'cancelled']),
    ]
    lines.push(line(values))
    // the order was changed later: the last word counts
    if (random.happens(0.03)) lines.push(line([...values.slice(0, -1), 'shipped']))
  }
  return {
    'customers.csv': `${['customer_id,company,segment,country', ...customers.map(line)].join('\n')}\n`,
    'orders.csv': `${['order_id,customer_id,order_date,product,quantity,unit_price,status', ...lines].join('\n')}\n`,
  }
}

const PAGES = ['/', '/lamps', '/chairs', '/desks', '/basket', '/checkout'] as const
const AGENTS = ['Firefox/133.0', 'Chrome/131.0', 'Safari/18.1', 'Chrome/131.0'] as const

/** Page views of two hours, of robots too; what was sent twice stands twice, also in the other file. */
export function events(): { readonly [file: string]: string } {
  const random = chance(12)
  const files: { [file: string]: string } = {}
  let number = 0
  let again: string[] = []
  for (const hour of [9, 10]) {
    const lines: string[] = []
    for (let second = 0; second < 3600; second += 4 + random.below(16)) {
      const robot = random.happens(0.06)
      const event = {
        event_id: `e-${String(++number).padStart(5, '0')}`,
        at: `2025-03-04T${two(hour)}:${two(Math.floor(second / 60))}:${two(second % 60)}Z`,
        visitor: robot ? 'v-000' : `v-${String(1 + random.below(70)).padStart(3, '0')}`,
        page: random.pick(PAGES),
        agent: robot ? 'ExampleBot/2.1' : random.pick(AGENTS),
        milliseconds: random.happens(0.03) ? null : 40 + random.below(900),
      }
      lines.push(JSON.stringify(event))
      if (random.happens(0.04)) again.push(JSON.stringify(event))
      if (random.happens(0.03)) lines.push(...again.splice(0, 1))
    }
    // a line that was cut off when the disk was full
    if (hour === 9) lines.push('{"event_id": "e-cut", "at": "2025-03-04T09:5')
    files[`views-${two(hour)}.ndjson`] = `${lines.join('\n')}\n`
    again = again.slice(-10)
  }
  return files
}

/** Two deliveries of a supplier; the second has a column the first lacks. */
export function uploads(): { readonly [file: string]: string } {
  const random = chance(13)
  const file = (first: number, header: string, more: () => string[]) => {
    const rows = Array.from({ length: 120 }, (_, at) => {
      const [product, price] = random.pick(GOODS)
      const sku = `${product.slice(0, 3).toUpperCase()}-${String(first + at)}`
      return line([sku, product, random.happens(0.03) ? '' : String(random.below(200)), price.toFixed(2), ...more()])
    })
    return `${[header, ...rows].join('\n')}\n`
  }
  return {
    'stock-2025-03-03.csv': file(1000, 'sku,product,in_stock,unit_price', () => []),
    'stock-2025-03-04.csv': file(1120, 'sku,product,in_stock,unit_price,warehouse', () => [random.pick(['Linz', 'Graz'])]),
  }
}
