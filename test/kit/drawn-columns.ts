/** Columns of many kinds, each cell with the values that its text may be read as. Some cells are of another kind than their column. */
import { seeded } from './chance.ts'

export interface Draw {
  readonly text: string
  /** The numbers and dates that the text says, in plain form; none if only the text itself is right. */
  readonly values: readonly string[]
}

interface Luck {
  /** A whole number from 0, below the limit. */
  below(limit: number): number
}

type Kind = readonly [name: string, draw: (luck: Luck) => Draw]

const only = (text: string): Draw => ({ text, values: [] })
const says = (text: string, ...values: string[]): Draw => ({ text, values })
const grouped = (digits: string, mark: string) => digits.replace(/\B(?=(\d{3})+$)/g, mark)
const two = (value: number) => String(value).padStart(2, '0')

const KINDS: readonly Kind[] = [
  ['count', ({ below }) => plain(String(below(1_000_000)))],
  ['amount', ({ below }) => plain(`${below(10_000)}.${two(below(100))}`)],
  ['share', ({ below }) => plain(`0.${1 + below(9)}${'0'.repeat(below(3))}`)],
  ['plz', ({ below }) => (below(4) === 0 ? only(`0${1000 + below(9000)}`) : plain(String(10_000 + below(90_000))))],
  ['gemeinde', ({ below }) => (below(30) === 0 ? only(`0${1000 + below(9000)}`) : plain(String(10_000 + below(90_000))))],
  ['account', ({ below }) => plain(`9007199254740${below(900) + 99}${below(9)}`)],
  ['long', ({ below }) => plain(`12345678901234567${below(900)}${below(9)}`)],
  ['precise', ({ below }) => plain(`${below(9)}.1234567890123456789${1 + below(9)}`)],
  ['betrag', ({ below }) => german(String(below(10_000_000)), two(below(100)))],
  ['franken', ({ below }) => swiss(String(below(10_000_000)), two(below(100)))],
  ['rupees', ({ below }) => rupees(1 + below(9), 10 + below(90), 100 + below(900))],
  ['ledger', ({ below }) => negative(below(100_000))],
  ['dollars', ({ below }) => dollars(String(below(1_000_000)))],
  ['ticket', ({ below }) => only(`CAD-${below(900)}`)],
  ['room', ({ below }) => only(`ALL ${below(900)}`)],
  ['version', ({ below }) => only(`${below(4)}.${below(12)}${below(3) === 0 ? '0' : ''}`)],
  ['hash', ({ below }) => only(`${10 + below(90)}E${below(9)}`)],
  ['odd', ({ below }) => only(`1_${100 + below(900)}`)],
  ['day', ({ below }) => date(2000 + below(30), 1 + below(12), 1 + below(28), '-')],
  ['tag', ({ below }) => dmy(2000 + below(30), 1 + below(12), 1 + below(28))],
  ['class', ({ below }) => only(`${two(1 + below(12))}.${two(1 + below(28))}.${two(10 + below(20))}`)],
  [
    'share_of',
    ({ below }) => {
      const percent = below(100)
      return { text: `${percent}%`, values: [`${percent}e-2`] }
    },
  ],
  ['weight', ({ below }) => only(`${below(100)} kg`)],
  ['answer', ({ below }) => only(['Bern', 'Genève', 'zürich', 'n/k'][below(4)] ?? '')],
  ['flag', ({ below }) => (below(2) === 0 ? says('yes', 'true') : says('no', 'false'))],
]

const plain = (text: string) => says(text, text)
const german = (whole: string, cents: string) => says(`${grouped(whole, '.')},${cents}`, `${whole}.${cents}`)
const swiss = (whole: string, cents: string) => says(`${grouped(whole, "'")}.${cents}`, `${whole}.${cents}`)
const dollars = (whole: string) => says(`$${grouped(whole, ',')}.50`, `${whole}.5`)
const rupees = (lakhs: number, thousands: number, rest: number) => says(`₹${lakhs},${thousands},${rest}.00`, `${lakhs}${thousands}${rest}`)
const negative = (whole: number) => (whole % 2 === 0 ? says(`(${grouped(String(whole), ',')}.25)`, `-${whole}.25`) : plain(`${whole}.75`))
const date = (year: number, month: number, day: number, mark: string) =>
  says([year, two(month), two(day)].join(mark), `${year}-${two(month)}-${two(day)}`)
// both orders are right where nothing shows which one holds, but the whole column then stays text
const dmy = (year: number, month: number, day: number) => says(`${two(day)}.${two(month)}.${year}`, `${year}-${two(month)}-${two(day)}`)

export interface DrawnColumn {
  readonly name: string
  readonly cells: readonly Draw[]
}

/** A column of each kind, with cells of other kinds now and then. */
export function drawn(seed: number, rows: number): readonly DrawnColumn[] {
  const next = seeded(seed)
  const luck: Luck = { below: (limit) => Math.floor(next() * limit) }
  return KINDS.map(([name, draw]) => {
    // one column in three has a few cells of another kind
    const [, stray] = KINDS[luck.below(KINDS.length)] ?? KINDS[0] ?? []
    const isMixed = luck.below(3) === 0
    const cells = Array.from({ length: rows }, () => (isMixed && stray !== undefined && luck.below(40) === 0 ? stray(luck) : draw(luck)))
    return { name, cells }
  })
}
