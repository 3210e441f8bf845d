/** Arithmetic of the reference engine: exact integers, decimals without noise after their last reliable digit, moments that move. */
import type { Arithmetic, Expression, Unary } from '#relational/expression/ast.ts'
import { hasWholeDays } from '#relational/expression/moments.ts'
import { literalAs } from '#relational/expression/scalar.ts'
import { type Node, type Row, toType } from './node.ts'
import { DAY, dayOf, plusInterval } from './moments.ts'
import { finite, round, within64 } from './values.ts'

/** An integer before it is limited to 64 bits, with the bits its magnitude may need. */
interface Whole {
  readonly kind: 'integer'
  readonly bits: number
  readonly computed: boolean
  readonly at: (row: Row) => bigint | null
}

interface Term {
  readonly negative: boolean
  readonly at: (row: Row) => number | null
}

interface Decimal {
  readonly kind: 'float'
  readonly noisy: boolean
  readonly computed: boolean
  readonly terms: readonly Term[] | null
  readonly at: (row: Row) => number | null
}

interface Moment {
  readonly kind: 'moment'
  readonly type: 'date' | 'timestamp'
  readonly at: Node['at']
  readonly days: Whole
}

type Part = Whole | Decimal | Moment | Node
const isNode = (part: Part): part is Node => !('kind' in part)
type Inner = (part: Expression) => Node

export const arithmetic = (expression: Arithmetic | Unary, inner: Inner): Node => closed(partOf(expression, inner))

/** 15 significant digits of a number, the most that every decimal fraction keeps. */
const atDigits = (value: number, largest: number): number => {
  const places = 14 - Number(largest.toExponential().split('e')[1])
  const power = Number(`1e${Math.abs(places)}`)
  if (places < 0) return round(value / power) * power
  const rounded = round(value * power) / power
  return Number.isFinite(rounded) ? rounded : value
}
const inReach = (value: number) => value >= 1e-7 && value <= 1e15

export const tidy = (value: number | null): number | null =>
  value !== null && inReach(Math.abs(value)) ? atDigits(value, Math.abs(value)) : finite(value)

function tidySum(value: number | null, terms: readonly (number | null)[]): number | null {
  if (value === null) return null
  const largest = [value, ...terms].reduce<number>((most, term) => {
    const size = Math.abs(term ?? 0)
    return Number.isNaN(most) || Number.isNaN(size) ? Number.NaN : Math.max(most, size)
  }, 0)
  return inReach(largest) ? atDigits(value, largest) + 0 : finite(value)
}

function closed(part: Part): Node {
  if (isNode(part)) return part
  switch (part.kind) {
    case 'integer':
      return { type: 'integer', at: (row) => within64(part.at(row)) }
    case 'float':
      return { type: 'float', at: closedDecimal(part) }
    case 'moment': {
      const days = (row: Row) => within64(part.days.at(row))
      return { type: part.type, at: (row) => moved(part.at(row) as number | bigint | null, part.type, days(row)) }
    }
  }
}

function closedDecimal({ terms, at, computed, noisy }: Decimal): (row: Row) => number | null {
  if (terms === null) return (row) => (!computed ? at(row) : noisy ? tidy(at(row)) : finite(at(row)))
  return (row) => {
    const values = terms.map((term) => term.at(row))
    if (values.includes(null)) return null
    const signed = terms.map(({ negative }, index) => (negative ? -(values[index] as number) : (values[index] as number)))
    return tidySum(
      signed.slice(1).reduce((sum, value) => sum + value, signed[0] as number),
      values,
    )
  }
}

/** Moves a date or timestamp by days, of which a date has no more than 32 bits. */
function moved(moment: number | bigint | null, type: 'date' | 'timestamp', days: bigint | null): number | bigint | null {
  if (moment === null || days === null || BigInt.asIntN(32, days) !== days) return null
  const start = typeof moment === 'number' ? BigInt(moment) * DAY : moment
  const end = plusInterval(start, { months: 0, days: Number(days), micros: 0n }, 1)
  return end === null ? null : type === 'date' ? dayOf(end) : end
}

function partOf(expression: Expression, inner: Inner): Part {
  if (expression.kind === 'unary' && expression.operator !== 'NOT') return signOf(expression, inner)
  if (expression.kind !== 'arithmetic') return inner(expression)
  const [left, right] = [partOf(expression.left, inner), partOf(expression.right, inner)]
  if ([left, right].some(isMomentPart)) return momentOf(expression, left, right)
  const [one, other] = [numeric(left), numeric(right)]
  const { operator } = expression
  if (operator !== '/' && one.kind === 'integer' && other.kind === 'integer') return combined(operator, one, other)
  if (operator === '+' || operator === '-') return sumOf(operator, toDecimal(one), toDecimal(other))
  const [a, b] = [one, other].map((part) => settled(toDecimal(part), operator === '%')) as [Decimal, Decimal]
  const apply = { '*': (x: number, y: number) => x * y, '/': (x: number, y: number) => x / y, '%': (x: number, y: number) => x % y }
  const at = (row: Row) => {
    const [x, y] = [a.at(row), b.at(row)]
    return x === null || y === null || (operator === '/' && y === 0) ? null : apply[operator](x, y)
  }
  return { kind: 'float', noisy: a.noisy || b.noisy || operator === '*', computed: true, terms: null, at }
}

const isMomentPart = (part: Part) => (isNode(part) ? ['date', 'timestamp', 'interval'].includes(part.type) : part.kind === 'moment')

const MAX_BITS = 126
const reduced = (part: Whole): Whole =>
  part.computed ? { kind: 'integer', bits: 64, computed: false, at: (row) => within64(part.at(row)) } : part

/** A result may need more than 64 bits before the end, but not more than 126. */
function combined(operator: '+' | '-' | '*' | '%', left: Whole, right: Whole): Whole {
  const bits = operator === '*' ? left.bits + right.bits : Math.max(left.bits, right.bits) + 1
  if (bits > MAX_BITS && (left.computed || right.computed)) return combined(operator, reduced(left), reduced(right))
  const apply = {
    '+': (a: bigint, b: bigint) => a + b,
    '-': (a: bigint, b: bigint) => a - b,
    '*': (a: bigint, b: bigint) => a * b,
    '%': (a: bigint, b: bigint) => (b === 0n ? null : a % b),
  }
  const at = (row: Row) => {
    const [a, b] = [left.at(row), right.at(row)]
    return a === null || b === null ? null : apply[operator](a, b)
  }
  return { kind: 'integer', bits, computed: true, at }
}

const opposite = ({ terms, at, ...rest }: Decimal): Decimal => ({
  ...rest,
  computed: true,
  at: (row) => {
    const value = at(row)
    return value === null ? null : -value
  },
  terms: terms === null ? null : terms.map((term) => ({ ...term, negative: !term.negative })),
})

function sumOf(operator: '+' | '-', a: Decimal, b: Decimal): Decimal {
  const termsOf = (part: Decimal): readonly Term[] => part.terms ?? [{ at: part.at, negative: false }]
  const right = termsOf(b).map((term) => (operator === '-' ? { ...term, negative: !term.negative } : term))
  return { kind: 'float', noisy: true, computed: true, terms: [...termsOf(a), ...right], at: () => null }
}

const settled = (part: Decimal, all: boolean): Decimal =>
  part.terms === null && !(all && part.noisy) ? part : { kind: 'float', noisy: true, computed: true, terms: null, at: closedDecimal(part) }

function signOf({ operator, operand }: Unary, inner: Inner): Part {
  if (operator === '-' && operand.kind === 'number') {
    const digits = `-${operand.digits}`
    if (literalAs(digits, 'integer') !== undefined && /^\d+$/.test(operand.digits)) return given(() => BigInt(digits), digits)
    return { kind: 'float', noisy: false, computed: false, terms: null, at: () => Number(digits) }
  }
  const part = numeric(partOf(operand, inner))
  if (operator === '+') return part
  if (part.kind === 'float') return opposite(part)
  const at = (row: Row) => {
    const value = part.at(row)
    return value === null ? null : -value
  }
  return { ...part, computed: true, at }
}

const given = (at: (row: Row) => bigint | null, digits?: string): Whole => ({
  kind: 'integer',
  bits: digits === undefined ? 64 : BigInt(digits.replace('-', '')).toString(2).length,
  computed: false,
  at,
})

function numeric(part: Part): Whole | Decimal {
  if (!isNode(part) && part.kind !== 'moment') return part
  const node = closed(part)
  const { type, text, number } = node
  const whole =
    type === 'integer' ||
    type === 'boolean' ||
    type === 'null' ||
    (type === 'text' && text !== undefined && literalAs(text, 'integer') !== undefined)
  if (!whole) return { kind: 'float', noisy: false, computed: false, terms: null, at: toType(node, 'float') as (row: Row) => number | null }
  const known = number !== undefined && Number.isSafeInteger(number) ? String(number) : undefined
  return given(toType(node, 'integer') as (row: Row) => bigint | null, known)
}

function toDecimal(part: Whole | Decimal): Decimal {
  if (part.kind === 'float') return part
  const at = (row: Row) => {
    const value = within64(part.at(row))
    return value === null ? null : Number(value)
  }
  return { kind: 'float', noisy: false, computed: false, terms: null, at }
}

const typeOf = (part: Part) => (isNode(part) || part.kind === 'moment' ? part.type : part.kind)

/** Dates and timestamps move by intervals or days; the difference of two dates is days. */
function momentOf({ operator, left: leftNode, right: rightNode }: Arithmetic, left: Part, right: Part): Part {
  if (operator === '-' && typeOf(left) === 'date' && typeOf(right) === 'date') {
    const [a, b] = [closed(left), closed(right)]
    return given((row) => {
      const [end, start] = [a.at(row), b.at(row)] as [number | null, number | null]
      return end === null || start === null ? null : BigInt(end - start)
    })
  }
  const isTime = (part: Part) => ['date', 'timestamp'].includes(typeOf(part))
  const [moment, step, stepNode] = isTime(left) ? [left, right, rightNode] : [right, left, leftNode]
  const type = typeOf(moment) === 'date' ? 'date' : 'timestamp'
  const forwards = operator === '+' || (operator === '-' && moment === left)
  if (!forwards || !isTime(moment) || isTime(step)) return { type, at: () => null }
  if (isNode(step) && step.interval !== undefined) {
    const { interval } = step
    const stays = type === 'date' && stepNode.kind === 'interval' && hasWholeDays(stepNode.value)
    const start = closed(moment)
    return {
      type: stays ? 'date' : 'timestamp',
      at: (row) => {
        const value = start.at(row) as number | bigint | null
        if (value === null) return null
        const end = plusInterval(typeof value === 'number' ? BigInt(value) * DAY : value, interval, operator === '-' ? -1 : 1)
        return end === null ? null : stays ? dayOf(end) : end
      },
    }
  }
  const days = !isNode(step) && step.kind === 'integer' ? step : given(toType(closed(step), 'integer') as (row: Row) => bigint | null)
  if (!isNode(moment) && moment.kind === 'moment') return { ...moment, days: combined(operator as '+' | '-', moment.days, days) }
  const zero = given(() => 0n, '0')
  return { kind: 'moment', type, at: closed(moment).at, days: operator === '-' ? combined('-', zero, days) : days }
}
