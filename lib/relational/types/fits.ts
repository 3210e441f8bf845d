/** Whether a value in a setting has the type of a column. */
import { decimalDigits } from './text-forms.ts'
import { type ColumnType, digitsOf, isDecimal, type SimpleType } from './types.ts'

type Scalar = string | number | boolean

const FITS: Readonly<Record<SimpleType, (value: Scalar) => boolean>> = {
  text: () => true,
  integer: (value) => typeof value !== 'boolean' && /^[+-]?\d{1,18}$/.test(String(value)),
  float: (value) => typeof value !== 'boolean' && String(value).trim() !== '' && Number.isFinite(Number(value)),
  boolean: (value) => value === true || value === false || value === 'true' || value === 'false',
  date: (value) => /^\d{4}-\d{2}-\d{2}$/.test(String(value)) && isDay(String(value)),
  timestamp: (value) => /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$/.test(String(value)) && isDay(String(value)),
}

/** Whether a day exists: 30 February does not, and would parse as another day. */
function isDay(text: string): boolean {
  const moment = new Date(`${text.slice(0, 10)}T00:00:00Z`)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text.slice(0, 10))
}

/** Whether a value is a number of at most so many digits before and behind the point. */
function isOfDigits(value: Scalar, whole: number, scale: number): boolean {
  const digits = String(value).trim()
  if (typeof value === 'boolean' || !new RegExp(`^${decimalDigits(scale)}$`).test(digits)) return false
  return digits.replace(/\..*$/, '').replace(/^[+-]?0*/, '').length <= whole
}

export function fits(value: Scalar, type: ColumnType): boolean {
  if (!isDecimal(type)) return FITS[type](value)
  const { whole, scale } = digitsOf(type)
  return isOfDigits(value, whole, scale)
}
