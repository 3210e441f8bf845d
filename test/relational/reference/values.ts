/**
 * Values of the reference engine, in plain JavaScript: text as string, integer as bigint, float as number, exact decimal as text, boolean as boolean, date as
 * number of days and timestamp as bigint of microseconds since 1970-01-01. A missing value is null. The type of a value is known beside it.
 */
import { type ColumnType, isDecimal, isNumeric as isNumber, type SimpleType } from '#relational/types/types.ts'
import { TRUE_TEXTS, FALSE_TEXTS, DIGITS, NUMBER, POWER } from '#relational/types/text-forms.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { DAY, dateText, floorDivide, isoMoment, timestampText } from './moments.ts'

export type Cell = string | bigint | number | boolean | null

const [LOW, HIGH] = [-(2n ** 63n), 2n ** 63n - 1n]

/** The integer, or null beyond 64 bits. */
export const within64 = (value: bigint | null): bigint | null => (value === null || value < LOW || value > HIGH ? null : value)

/** The number, or null if it is infinite or not a number. */
export const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null)

/** Rounds halves away from zero. */
export const round = (value: number): number => {
  const whole = Math.trunc(value)
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole === 0 && (value < 0 || Object.is(value, -0)) ? -0 : whole
}

/** A whole number as an integer; null beyond 64 bits. */
export const toInteger = (value: number): bigint | null =>
  Number.isFinite(value) && value >= -(2 ** 63) && value < 2 ** 63 ? BigInt(value) : null

/** The shortest digits that give the number, with an exponent below 1e-4 and from 1e16. */
export function decimalText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  if (Object.is(value, -0)) return '-0.0'
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    const sign = exponent < 0 ? '-' : '+'
    return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  const plain = Math.abs(value) >= 1e-4 && Math.abs(value) < 1e16 ? fixed(value, exponent) : String(value)
  return plain.includes('.') ? plain : `${plain}.0`
}

function fixed(value: number, exponent: number): string {
  const digits = (value.toExponential().split('e')[0] as string).replace('-', '').replace('.', '')
  const text =
    exponent < 0
      ? `0.${'0'.repeat(-exponent - 1)}${digits}`
      : digits.length > exponent + 1
        ? `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
        : digits.padEnd(exponent + 1, '0')
  return value < 0 ? `-${text}` : text
}

/** A value as text, as CAST writes it. */
export function asText(value: Cell, type: ColumnType): string | null {
  if (value === null) return null
  switch (type) {
    case 'float':
      return decimalText(value as number)
    case 'date':
      return dateText(value as number)
    case 'timestamp':
      return timestampText(value as bigint)
    default:
      return String(value)
  }
}

/** CAST: a value without a counterpart in the type is missing. */
export function convert(value: Cell, from: ColumnType, to: ColumnType): Cell {
  if (value === null || from === to) return value
  if (to === 'text') return asText(value, from)
  if (isDecimal(from) || isDecimal(to)) throw new Error('the reference engine converts no exact decimals')
  if (from === 'text') return fromText(value as string, to)
  if (from === 'float' && to === 'integer') return toInteger(round(value as number))
  if (from === 'integer' && to === 'float') return Number(value)
  if (isNumber(from) && to === 'boolean') return Number(value) === 1 ? true : Number(value) === 0 ? false : null
  if (from === 'boolean' && to === 'integer') return value === true ? 1n : 0n
  if (from === 'boolean' && to === 'float') return value === true ? 1 : 0
  if (from === 'date' && to === 'timestamp') return within64(BigInt(value as number) * DAY)
  if (from === 'timestamp' && to === 'date') return Number(floorDivide(value as bigint, DAY))
  return null
}

/** Whether a text has a form, which a pattern describes. */
export const hasForm = (text: string, form: string) => new RegExp(`^(?:${form})$`, 'u').test(text)

function fromText(text: string, to: Exclude<SimpleType, 'text'>): Cell {
  const said = trimmedText(text)
  switch (to) {
    case 'integer':
      if (hasForm(said, DIGITS)) return within64(BigInt((said.split('.')[0] as string).replace('+', '')))
      return hasForm(said, POWER) && Number.isSafeInteger(Number(said)) ? BigInt(Number(said)) : null
    case 'float':
      return hasForm(said, NUMBER) ? finite(Number(said)) : null
    case 'boolean': {
      const word = said.toLowerCase()
      return TRUE_TEXTS.includes(word) ? true : FALSE_TEXTS.includes(word) ? false : null
    }
    case 'date':
      return isoMoment(said)?.day ?? null
    case 'timestamp':
      return isoMoment(said)?.moment ?? null
  }
}

/** Below, at or above 0 as the first value sorts before, with or after the second: text by its bytes, NaN after every number. */
export function compare(a: NonNullable<Cell>, b: NonNullable<Cell>): number {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string))
  if (typeof a === 'number' && (Number.isNaN(a) || Number.isNaN(b as number)))
    return Number(Number.isNaN(a)) - Number(Number.isNaN(b as number))
  return a < b ? -1 : a > b ? 1 : 0
}
