/**
 * The type of a column of numbers: an exact decimal where a 64-bit float would lose something that is written, a float otherwise. A float
 * loses digits beyond 15 to 17, and zeros at the end: 25.10 would be written as 25.1.
 */
import { type DecimalType, decimalType, FLOAT_DIGITS, MAX_PRECISION, MAX_PRECISION_64 } from '#relational/types/types.ts'
import type { Evidence } from './evidence.ts'
import type { Numbers } from './number-format.ts'

/** Zeros at the end mean a fixed number of decimals up to here if the numbers of decimals differ; beyond it they are chance. */
export const MAX_MIXED_SCALE = 4

/** The exact decimal for numbers of so many digits; undefined if it would have more than 38. */
export function roomyDecimal(whole: number, scale: number): DecimalType | undefined {
  const room = [FLOAT_DIGITS, MAX_PRECISION_64, MAX_PRECISION].find((precision) => whole + scale <= precision)
  return room === undefined ? undefined : decimalType(room, scale)
}

/** The type that loses nothing; undefined if only text does. */
export function numberType(
  { inexact, zeros, powers, whole }: Evidence,
  { format, fractional, scales }: Numbers,
): 'integer' | 'float' | DecimalType | undefined {
  if (fractional === 0) return 'integer'
  const scale = Math.max(0, ...scales)
  if (format.share !== undefined) return roomyDecimal(whole, scale)
  const isFixed = zeros > 0 && powers === 0 && (scales.length === 1 || scale <= MAX_MIXED_SCALE)
  if (inexact === 0 && !isFixed) return 'float'
  return powers > 0 ? undefined : roomyDecimal(whole, scale)
}
