/** The types of values in an expression, and how they combine. */
import { roomOf } from '#relational/types/conversion.ts'
import {
  type ColumnType,
  DECIMAL_SPELLINGS,
  decimalType,
  isDecimal,
  isExactNumber,
  isNumeric,
  MAX_PRECISION,
  TYPE_SPELLINGS,
} from '#relational/types/types.ts'
import type { ArithmeticOperator } from './ast.ts'
import { exactResult } from './exact.ts'

/**
 * `null` is the type of NULL itself; `interval` that of INTERVAL literals; `unknown` that of parameters before their
 * values are known, and of everything that depends on them.
 */
export type ValueType = ColumnType | 'interval' | 'null' | 'unknown'

export const isNumber = (type: ValueType) => isNumeric(type)
export const isMoment = (type: ValueType) => type === 'date' || type === 'timestamp'

export const TYPE_NAMES: readonly string[] = [...DECIMAL_SPELLINGS, ...Object.keys(TYPE_SPELLINGS)]

/** The common type of numbers: exact if all are and 38 digits are enough. */
function commonNumber(types: readonly ValueType[]): ValueType {
  const exact = types.filter(isExactNumber)
  if (exact.length < types.length) return 'float'
  const { whole, scale } = roomOf(exact)
  return whole + scale <= MAX_PRECISION ? decimalType(whole + scale, scale) : 'float'
}

/**
 * The common type of several values: numbers widen to exact decimals or floats, dates to timestamp. `mixed` if there is none, `null` if all are NULL,
 * `unknown` if a parameter could still change it.
 */
export function commonType(types: readonly ValueType[]): ValueType | 'mixed' {
  const known = types.filter((type) => type !== 'null' && type !== 'unknown')
  const [first] = known
  if (first === undefined) return types.includes('unknown') ? 'unknown' : 'null'
  const common = known.every((type) => type === first)
    ? first
    : known.every(isNumber)
      ? commonNumber(known)
      : known.every(isMoment)
        ? 'timestamp'
        : 'mixed'
  return types.includes('unknown') && common !== 'mixed' ? 'unknown' : common
}

/**
 * The type of an arithmetic operation; undefined if it has no meaning for these operands. `days`: whether an interval has only whole days.
 */
export function arithmeticType(operator: ArithmeticOperator, left: ValueType, right: ValueType, days = false): ValueType | undefined {
  if (isMoment(left) || isMoment(right)) return momentType(operator, left, right, days)
  if ([left, right].some((type) => type === 'interval')) return [left, right].includes('unknown') ? 'unknown' : undefined
  if (![left, right].every((type) => isNumber(type) || type === 'null' || type === 'unknown')) return undefined
  if (operator === '/') return 'float'
  if (left === 'unknown' || right === 'unknown') return 'unknown'
  if (left === 'float' || right === 'float') return 'float'
  const [one, other] = [left, right].map((type) => (isDecimal(type) ? type : ('integer' as const)))
  return [left, right].some(isDecimal) && one !== undefined && other !== undefined ? exactResult(operator, one, other) : 'integer'
}

/** Dates and timestamps move by an interval, dates also by a number of days; the difference of two dates is a number of days. */
function momentType(operator: ArithmeticOperator, left: ValueType, right: ValueType, days: boolean): ValueType | undefined {
  if (operator !== '+' && operator !== '-') return undefined
  if (left === 'unknown' || right === 'unknown') return 'unknown'
  if (operator === '-' && left === 'date' && right === 'date') return 'integer'
  if (operator === '-' && !isMoment(left)) return undefined
  const [moment, step] = isMoment(left) ? [left, right] : [right, left]
  if (step === 'null') return moment
  if (step === 'interval') return moment === 'date' && days ? 'date' : 'timestamp'
  return step === 'integer' && moment === 'date' ? 'date' : undefined
}

/** The type of a result that is one of several values; text if they have no common type. */
export function commonResult(types: readonly (ValueType | undefined)[]): ValueType {
  const common = commonType(types.filter((type) => type !== undefined))
  return common === 'mixed' || common === 'null' || common === 'interval' ? 'text' : common
}

/** The type of a number parameter after conversion: integers and exact decimals stay what they are, everything else becomes a float. */
export function numberResult([type = 'null']: readonly ValueType[]): ValueType {
  if (type === 'unknown') return type
  if (isDecimal(type)) return type
  return type === 'integer' || type === 'boolean' || type === 'null' ? 'integer' : 'float'
}
