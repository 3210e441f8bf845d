/** The functions over numbers of the reference engine, by their names. */
import { type Implementation, strict } from './implementation.ts'
import { tidy } from './arithmetic.ts'
import { type Cell, compare, finite, round, toInteger, within64 } from './values.ts'

/** The same for decimals; integers stay as they are. */
const whole = (apply: (value: number) => number) => strict((value: bigint | number) => (typeof value === 'bigint' ? value : apply(value)))

const analytic = (apply: (value: number) => number) => strict((value: number) => finite(apply(value)))

/** Rounds by the digits that a person sees, up to 15 of them. */
function roundDigits(value: number, places: number): number | null {
  if (!(Math.abs(value) < Number(`1e${15 - places}`))) return finite(value)
  const shifted = places === 0 ? value : value * Number(`1e${places}`)
  const near = Math.abs(shifted) < 1e9 && Math.abs(Math.abs(shifted - Math.trunc(shifted)) - 0.5) > 1e-4
  return round(near ? shifted : (tidy(shifted) ?? Number.NaN)) / Number(`1e${places}`)
}

/** Rounds the double itself, for a number of digits from the row. */
function roundPlain(value: number, digits: number): number | null {
  const power = 10 ** Math.abs(digits)
  if (digits < 0) {
    const rounded = round(value / power) * power
    return Number.isFinite(rounded) ? finite(rounded) : 0
  }
  const rounded = round(value * power) / power
  return finite(Number.isFinite(rounded) ? rounded : value)
}

const rounded: Implementation = ({ args: [value, digits], types, numbers }) => {
  const given = types.length === 1 ? 0 : numbers[1]
  const places = given !== undefined && Number.isInteger(given) ? given : undefined
  if (value === null || value === undefined) return null
  if (types[0] === 'integer') {
    if (places !== undefined && places >= 0) return value
    if (digits === null || digits === undefined) return null
    if ((digits as bigint) >= 0n) return value
    const short = BigInt.asIntN(32, digits as bigint) === digits ? Number(digits) : null
    const result = short === null ? null : roundPlain(Number(value), short)
    return result === null ? null : toInteger(result)
  }
  if (places !== undefined && places >= 0 && places <= 15) return roundDigits(value as number, places)
  if (digits === null || digits === undefined || BigInt.asIntN(32, digits as bigint) !== digits) return null
  return roundPlain(value as number, Number(digits))
}

/** The largest (1) or smallest (-1) value; missing ones are skipped. */
const extreme =
  (sign: 1 | -1): Implementation =>
  ({ args }) =>
    args.reduce<Cell>((best, value) => (value === null ? best : best === null || sign * compare(value, best) > 0 ? value : best), null)

export const NUMBER_FUNCTIONS: { readonly [name: string]: Implementation } = {
  abs: strict((value: bigint | number) => (typeof value === 'bigint' ? within64(value < 0n ? -value : value) : Math.abs(value))),
  round: rounded,
  floor: whole(Math.floor),
  ceil: whole(Math.ceil),
  trunc: whole(Math.trunc),
  sign: strict((value: number) => (value > 0 ? 1n : value < 0 ? -1n : 0n)),
  mod: ({ args: [dividend, divisor], types }) => {
    if (dividend === null || divisor === null) return null
    if (types[0] === 'integer') return divisor === 0n ? null : (dividend as bigint) % (divisor as bigint)
    return types[0] === 'float' ? finite((dividend as number) % (divisor as number)) : null
  },
  sqrt: analytic(Math.sqrt),
  ln: analytic(Math.log),
  log10: analytic(Math.log10),
  exp: analytic(Math.exp),
  power: strict((base: number, exponent: number) => finite(Math.abs(base) === 1 && !Number.isFinite(exponent) ? 1 : base ** exponent)),
  greatest: extreme(1),
  least: extreme(-1),
  clamp: ({ args: [value = null, low = null, high = null] }) => {
    if (value === null) return null
    const raised = low !== null && compare(low, value) > 0 ? low : value
    return high !== null && compare(high, raised) < 0 ? high : raised
  },
}
