/**
 * Exact decimals in expressions: sums, differences and products keep every digit. The types follow SQL: as many digits as the result can
 * need, at most 38. A result with more is NULL, like an integer beyond 64 bits.
 */
import { INTEGER_DIGITS, roomOf } from '#relational/types/conversion.ts'
import { type DecimalType, decimalType, digitsOf, FLOAT_DIGITS, isDecimal, MAX_PRECISION } from '#relational/types/types.ts'
import type { ArithmeticOperator, Expression } from './ast.ts'

type Exact = 'integer' | DecimalType

/** A product has at least this many digits before the point; otherwise it is a float. */
const MIN_WHOLE = 18

const partsOf = (type: Exact) => (type === 'integer' ? { precision: INTEGER_DIGITS, scale: 0 } : digitsOf(type))

/** How many digits the result can need. */
export function needed(operator: ArithmeticOperator, left: Exact, right: Exact): { readonly precision: number; readonly scale: number } {
  if (operator === '*') {
    const [a, b] = [partsOf(left), partsOf(right)]
    return { precision: a.precision + b.precision, scale: a.scale + b.scale }
  }
  const { whole, scale } = roomOf([left, right])
  return { precision: whole + scale + (operator === '%' ? 0 : 1), scale }
}

/** The type of an operation with an exact decimal and another exact number; `float` if the result is not exact. */
export function exactResult(operator: ArithmeticOperator, left: Exact, right: Exact): DecimalType | 'float' {
  if (operator === '/') return 'float'
  const { precision, scale } = needed(operator, left, right)
  if (precision <= MAX_PRECISION) return decimalType(precision, scale)
  const isTooFine = operator === '*' && MAX_PRECISION - scale < MIN_WHOLE
  return operator === '%' || isTooFine ? 'float' : decimalType(MAX_PRECISION, scale)
}

/** The exact decimal that digits such as 0.25 say; undefined if they have an exponent or too many digits. */
export function decimalOf(digits: string): DecimalType | undefined {
  const [, whole = '', fraction = ''] = /^-?(\d*)\.?(\d*)$/.exec(digits) ?? []
  if (whole + fraction === '') return undefined
  const before = whole.replace(/^0+/, '').length
  const precision = Math.max(1, before + fraction.length)
  return precision > MAX_PRECISION ? undefined : decimalType(precision, fraction.length)
}

/**
 * The exact decimal that a literal or a calculation with literals says: beside exact decimals it is one, beside floats it is a float. Of
 * calculations, only if a float holds the result.
 */
export function literalDecimal(expression: Expression): DecimalType | undefined {
  switch (expression.kind) {
    case 'number':
      return decimalOf(expression.digits)
    case 'unary':
      return expression.operator === 'NOT' ? undefined : literalDecimal(expression.operand)
    case 'arithmetic': {
      const [left, right] = [literalDecimal(expression.left), literalDecimal(expression.right)]
      if (left === undefined || right === undefined) return undefined
      const type = exactResult(expression.operator, left, right)
      return isDecimal(type) && digitsOf(type).precision <= FLOAT_DIGITS ? type : undefined
    }
    default:
      return undefined
  }
}

/** A value that is combined with others; `exact` if it is a float that may be an exact decimal instead. */
interface Adaptable {
  readonly type: string
  readonly exact?: DecimalType | undefined
}

/** The values, with literals as exact decimals where the others are exact and at least one of them is a decimal. */
export function adapted<Value extends Adaptable>(values: readonly Value[]): readonly (Value | (Value & { readonly type: DecimalType }))[] {
  const isLiteral = ({ type, exact }: Adaptable) => type === 'float' && exact !== undefined
  const firm = values.filter((value) => !isLiteral(value))
  if (!firm.some(({ type }) => isDecimal(type)) || firm.some(({ type }) => type === 'float')) return values
  return values.map((value) => (isLiteral(value) && value.exact !== undefined ? { ...value, type: value.exact } : value))
}
