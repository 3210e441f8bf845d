/** Column plans for tests: one of each kind, with typical cells. */
import fc from 'fast-check'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'

export function aPlan(changes: Partial<ColumnPlan> = {}): ColumnPlan {
  return {
    name: 'c',
    type: 'text',
    semantic: null,
    from_text: true,
    null_values: null,
    number: null,
    date: null,
    dictionary: false,
    padded: false,
    worded: false,
    folded: false,
    sketched: false,
    fixed: false,
    notes: [],
    ...changes,
  }
}

const nothing = fc.constantFrom('', ' ', '\u00a0', '\u3000\t', 'NA', ' NA\u202f', 'n/a', '-', 'null', null)
const padded = (cells: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.constantFrom('', '', '', ' ', '\t', '\u00a0', '\u3000 ', '\u0001'),
      cells,
      fc.constantFrom('', '', ' ', '\n', '\v', '\u202f', '\u200b', ' \u0085'),
    )
    .map(([a, cell, b]) => `${a}${cell}${b}`)
const mixed = (cells: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 6, arbitrary: padded(cells) },
    { weight: 1, arbitrary: nothing },
    { weight: 1, arbitrary: fc.constantFrom('abc', '1.2.3', '12a', 'é') },
  )

const numbers = fc.oneof(
  fc.integer({ min: -1000, max: 1_000_000 }).map(String),
  fc.double({ min: -1e6, max: 1e6, noNaN: true, noDefaultInfinity: true }).map((value) => value.toFixed(2)),
  fc.constantFrom('$1,234.50', 'EUR 12', '1e3', '.5', '-0', '1,000', '9007199254740993', '1e300', 'inf', 'nan'),
)

const dates = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).chain((date) => {
  const [day, month, year] = [date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCFullYear()]
  const two = (value: number) => String(value).padStart(2, '0')
  return fc.constantFrom(
    `${year}-${two(month)}-${two(day)}`,
    `${two(day)}/${two(month)}/${year}`,
    `${year}/${two(month)}/${two(day)}`,
    '2024-02-30',
    '31/02/2024',
  )
})

export const COLUMN_KINDS: readonly { readonly title: string; readonly plan: ColumnPlan; readonly cells: fc.Arbitrary<string | null> }[] = [
  { title: 'text', plan: aPlan(), cells: mixed(fc.string({ unit: fc.constantFrom('a', 'B', ' ', '"', ',', 'é', '0'), maxLength: 8 })) },
  {
    title: 'codes with their own null values',
    plan: aPlan({ null_values: ['', '\\N', 'none'] }),
    cells: mixed(fc.constantFrom('NA', 'DE', '\\N', 'None', 'none', 'US')),
  },
  {
    title: 'e-mail',
    plan: aPlan({ semantic: 'email' }),
    cells: mixed(fc.constantFrom('a@b.ch', 'A@B.ch', 'a@b', 'a b@c.de', 'x+y@example.com')),
  },
  {
    title: 'integer',
    plan: aPlan({ type: 'integer', number: { decimal: '.', grouping: ',', symbols: ['$', 'EUR'] } }),
    cells: mixed(numbers),
  },
  {
    title: 'float',
    plan: aPlan({ type: 'float', number: { decimal: '.', grouping: ',', symbols: ['$', 'EUR'] } }),
    cells: mixed(numbers),
  },
  { title: 'boolean', plan: aPlan({ type: 'boolean' }), cells: mixed(fc.constantFrom('yes', 'No', 'TRUE', 'f', 'y', 'on')) },
  {
    title: 'date',
    plan: aPlan({ type: 'date', date: { to: 'date', formats: ['%Y-%m-%d', '%d/%m/%Y', '%Y/%m/%d'] } }),
    cells: mixed(dates),
  },
  {
    title: 'sketched text',
    plan: aPlan({ sketched: true }),
    cells: mixed(fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', 'c') })),
  },
]
