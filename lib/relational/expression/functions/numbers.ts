/** Functions over numbers. */
import { arg, attempt, type CallParts, type FunctionParameter, type RowFunction } from '../function.ts'
import { converted, finite, floatOf } from '#relational/types/conversion.ts'
import { sqlType } from '#relational/types/sql.ts'
import { type DecimalType, decimalType, digitsOf, isDecimal, MAX_PRECISION } from '#relational/types/types.ts'
import { tidy } from '../decimals.ts'
import { commonResult, commonType, numberResult, type ValueType } from '../types.ts'

const NUMBER: FunctionParameter = { name: 'number', kind: 'number' }
const FLOAT: FunctionParameter = { name: 'number', kind: 'float' }

/** An exact decimal rounded to so many digits behind the point: one more digit before it, because 9.99 is rounded to 10. */
function roundedType(type: DecimalType, places: number): DecimalType {
  const { whole, scale } = digitsOf(type)
  const left = Math.max(0, Math.min(scale, places))
  return decimalType(Math.min(MAX_PRECISION, whole + 1 + left), left)
}

const wholeResult = ([type = 'null']: readonly ValueType[]) => (isDecimal(type) ? roundedType(type, 0) : numberResult([type]))

/** The type of round: with digits that are known only in the row, an exact decimal keeps all that it has. */
const roundResult = (types: readonly ValueType[], _texts: readonly unknown[], numbers: readonly (number | undefined)[]): ValueType => {
  const [type = 'null', digits] = types
  if (!isDecimal(type)) return numberResult([type])
  if (digits === 'unknown') return digits
  return roundedType(type, digits === undefined ? 0 : (numbers[1] ?? digitsOf(type).scale))
}

/** Rounds an exact decimal. */
function roundedDecimal(call: CallParts, type: DecimalType): string {
  const value = arg(call, 0)
  const places = call.args[1] === undefined ? 0 : call.numbers[1]
  if (places !== undefined) {
    const to = roundedType(type, places)
    return places >= digitsOf(type).scale ? `CAST(${value} AS ${sqlType(to)})` : `TRY_CAST(round(${value}, ${places}) AS ${sqlType(to)})`
  }
  const to = roundedType(type, digitsOf(type).scale)
  const digits = `greatest(-${MAX_PRECISION}, least(${MAX_PRECISION}, ${call.args[1]}))`
  return converted(`round(${floatOf(value, type)}, CAST(${digits} AS INTEGER))`, 'float', to, call.once)
}

/** A rounding function; does nothing for an integer. */
const rounding = (name: string, doc: string, example: RowFunction['example'], aliases: readonly string[] = []): RowFunction => ({
  name,
  aliases,
  parameters: [NUMBER],
  result: wholeResult,
  doc,
  example,
  sql: (call) => {
    const [type = 'float'] = call.types
    if (isDecimal(type)) return `CAST(${name}(${arg(call, 0)}) AS ${sqlType(roundedType(type, 0))})`
    return type === 'integer' ? arg(call, 0) : `${name}(${arg(call, 0)})`
  },
})

/** A function that is undefined or infinite for some numbers. */
const analytic = (name: string, doc: string, example: RowFunction['example'], aliases: readonly string[] = []): RowFunction => ({
  name,
  aliases,
  parameters: [FLOAT],
  result: 'float',
  doc,
  example,
  sql: (call) => finite(attempt(`${name}(${arg(call, 0)})`), call.once),
})

/** DuckDB's greatest and least, which skip NULL. */
const extreme = (name: 'greatest' | 'least', doc: string, example: RowFunction['example']): RowFunction => ({
  name,
  aliases: [],
  parameters: [{ name: 'value', kind: 'same', variadic: true }],
  result: commonResult,
  doc,
  example,
  sql: ({ args }) => `${name}(${args.join(', ')})`,
})

/**
 * Rounds by the decimal digits a person sees: 1.005 becomes 1.01 although its DOUBLE is slightly less. If the number of digits is not a
 * literal, it uses DuckDB's own round, which rounds the DOUBLE.
 */
function rounded(call: CallParts): string {
  const [value, digits] = [arg(call, 0), call.args[1]]
  const given = digits === undefined ? 0 : call.numbers[1]
  const places = given !== undefined && Number.isInteger(given) ? given : undefined
  const [type = 'float'] = call.types
  if (isDecimal(type)) return roundedDecimal(call, type)
  if (type === 'integer') {
    if (places !== undefined && places >= 0) return value
    return call.once(value, (v) =>
      call.once(
        digits ?? '',
        (n) => `CASE WHEN ${n} >= 0 THEN ${v} ELSE TRY_CAST(round(CAST(${v} AS DOUBLE), TRY_CAST(${n} AS INTEGER)) AS BIGINT) END`,
      ),
    )
  }
  if (places === undefined || places < 0 || places > 15) return finite(`round(${value}, TRY_CAST(${digits} AS INTEGER))`, call.once)
  return call.once(value, (v) => {
    const whole = call.once(places === 0 ? v : `(${v} * 1e${places})`, (shifted) => {
      // the sixteenth digit of a smaller number is less than a millionth, so it matters only near a half
      const plain = `abs(${shifted}) < 1e9 AND abs(abs(${shifted} - trunc(${shifted})) - 0.5) > 1e-4`
      return `CASE WHEN ${plain} THEN round(${shifted}) ELSE round(${tidy(shifted, call.once)}) END`
    })
    // beyond 15 digits there is nothing to round
    return `CASE WHEN abs(${v}) < 1e${15 - places} THEN ${whole} / 1e${places} WHEN isfinite(${v}) THEN ${v} END`
  })
}

export const NUMBER_FUNCTIONS: readonly RowFunction[] = [
  {
    name: 'abs',
    aliases: [],
    parameters: [NUMBER],
    result: numberResult,
    doc: 'The number without its sign.',
    example: { expression: 'abs(-7)', result: 7 },
    sql: (call) => (call.types[0] === 'integer' ? attempt(`abs(${arg(call, 0)})`) : `abs(${arg(call, 0)})`),
  },
  {
    name: 'round',
    aliases: [],
    parameters: [NUMBER, { name: 'digits', kind: 'integer', optional: true }],
    result: roundResult,
    doc: 'Rounds to a number of digits after the point (default: 0). Halves round away from zero, based on the decimal digits: round(1.005, 2) is 1.01.',
    example: { expression: 'round(2.345, 2)', result: 2.35 },
    sql: rounded,
  },
  rounding('floor', 'The next whole number at or below.', { expression: 'floor(-2.5)', result: -3 }),
  rounding('ceil', 'The next whole number at or above.', { expression: 'ceil(2.1)', result: 3 }, ['ceiling']),
  rounding('trunc', 'The number without its fraction.', { expression: 'trunc(-2.9)', result: -2 }, ['truncate']),
  {
    name: 'sign',
    aliases: [],
    parameters: [FLOAT],
    result: 'integer',
    doc: '-1, 0 or 1.',
    example: { expression: 'sign(-2.5)', result: -1 },
    sql: (call) => `CAST(sign(${arg(call, 0)}) AS BIGINT)`,
  },
  {
    name: 'mod',
    aliases: [],
    parameters: [
      { name: 'dividend', kind: 'same' },
      { name: 'divisor', kind: 'same' },
    ],
    result: (types) => {
      const common = commonType(types)
      if (common === 'integer' || common === 'unknown' || isDecimal(common)) return common
      return common === 'null' ? 'integer' : 'float'
    },
    doc: 'The remainder of a division, with the sign of the dividend, as with %; missing when the divisor is 0.',
    example: { expression: 'mod(17, 5)', result: 2 },
    sql: (call) => {
      if (call.types[0] === 'integer') return attempt(`${arg(call, 0)} % ${arg(call, 1)}`)
      const [type = 'text'] = call.types
      if (isDecimal(type)) return `CAST(${arg(call, 0)} % ${arg(call, 1)} AS ${sqlType(type)})`
      return type === 'float' ? finite(`${arg(call, 0)} % ${arg(call, 1)}`, call.once) : 'CAST(NULL AS DOUBLE)'
    },
  },
  analytic('sqrt', 'The square root; missing for negative numbers.', { expression: 'sqrt(16)', result: 4 }),
  analytic('ln', 'The natural logarithm; missing unless the number is positive.', { expression: 'ln(1)', result: 0 }),
  analytic('log10', 'The logarithm to base 10; missing unless the number is positive.', { expression: 'log10(1000)', result: 3 }),
  analytic('exp', 'Euler’s number e to the power of the number.', { expression: 'exp(0)', result: 1 }),
  {
    name: 'power',
    aliases: ['pow'],
    parameters: [
      { name: 'base', kind: 'float' },
      { name: 'exponent', kind: 'float' },
    ],
    result: 'float',
    doc: 'The base to the power of the exponent.',
    example: { expression: 'power(2, 10)', result: 1024 },
    sql: (call) => finite(attempt(`pow(${arg(call, 0)}, ${arg(call, 1)})`), call.once),
  },
  extreme('greatest', 'The largest value; missing ones are skipped.', { expression: 'greatest(3, NULL, 7)', result: 7 }),
  extreme('least', 'The smallest value; missing ones are skipped.', { expression: 'least(3, NULL, 7)', result: 3 }),
  {
    name: 'clamp',
    aliases: [],
    parameters: [
      { name: 'value', kind: 'same' },
      { name: 'low', kind: 'same' },
      { name: 'high', kind: 'same' },
    ],
    result: commonResult,
    doc: 'The value, limited to the bounds; a missing bound has no effect.',
    example: { expression: 'clamp(150, 0, 100)', result: 100 },
    sql: (call) =>
      call.once(
        arg(call, 0),
        (value) => `CASE WHEN ${value} IS NOT NULL THEN least(greatest(${value}, ${arg(call, 1)}), ${arg(call, 2)}) END`,
      ),
  },
]
