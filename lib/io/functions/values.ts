/** Cells as a function step sees them, and back, without loss: numbers that JavaScript cannot hold are bigint or text. */
import { shownValue } from './shown-value.ts'
import { digitsOf, isDecimal } from '#relational/types/types.ts'
import type { WireCell } from './protocol.ts'
import type { CellValue } from './step.ts'

const [INT64_MIN, INT64_MAX] = [-(2n ** 63n), 2n ** 63n - 1n]

/** The value of a cell of this type. */
export function valueIn(type: string, cell: WireCell): CellValue {
  if (cell === null) return null
  if (type === 'integer') {
    const number = Number(cell)
    return Number.isSafeInteger(number) ? number : BigInt(cell)
  }
  if (type === 'float') return cell === 'nan' ? Number.NaN : Number(cell.replace(/inf(inity)?$/, 'Infinity'))
  if (type === 'boolean') return cell === 'true'
  if (type === 'timestamp') return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(cell) ? `${cell.replace(' ', 'T')}Z` : cell
  return cell
}

/** A value as a cell of this type, or what is wrong with it. */
export type Cell = { readonly cell: WireCell } | { readonly problem: string }

/** The cell for a value that a function returned. */
export function cellOf(type: string, value: unknown): Cell {
  if (value === null) return { cell: null }
  const found = isDecimal(type) ? decimalCell(type, value) : CELLS[type as keyof typeof CELLS](value)
  return typeof found === 'string' ? { cell: found } : { problem: `is ${shownValue(value)}, which is no ${type}${found.why}` }
}

interface NoCell {
  readonly why: string
}

const no = (why: string): NoCell => ({ why: why === '' ? '' : `: ${why}` })

const CELLS = {
  text: (value: unknown) =>
    typeof value !== 'string' ? no('') : !/\p{Surrogate}/u.test(value) ? value : no('it has half of a character (a lone surrogate)'),
  integer: (value: unknown) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return `${Object.is(value, -0) ? 0 : value}`
    if (typeof value === 'number' && Number.isInteger(value)) return no('beyond 2^53 a number has lost digits; return a bigint')
    if (typeof value !== 'bigint') return no('')
    return value < INT64_MIN || value > INT64_MAX ? no('it has more than 64 bits') : `${value}`
  },
  float: (value: unknown) => {
    if (typeof value !== 'number') return no('')
    return Object.is(value, -0) ? '-0.0' : `${value}`
  },
  boolean: (value: unknown) => (typeof value === 'boolean' ? `${value}` : no('')),
  date: (value: unknown) => (typeof value === 'string' && isDate(value) ? value : no("write '2026-01-31'")),
  timestamp: (value: unknown) => {
    const text = value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value
    const [, date = '', hour, minute, second] = typeof text === 'string' ? (MOMENT.exec(text) ?? []) : []
    const fits = isDate(date) && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60
    return fits ? String(text).replace('T', ' ').replace('Z', '') : no("write '2026-01-31T12:00:00Z', at most six digits of a second")
  },
} as const

const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d{1,6})?Z?$/

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  if (year === undefined) return false
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

function decimalCell(type: `decimal(${number},${number})`, value: unknown): string | NoCell {
  const text = typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'bigint' ? `${value}` : ''
  const [, sign, whole = '', fraction = ''] = /^([-+]?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (sign === undefined) return no("write its digits as text, such as '12.50'")
  const { scale, whole: most } = digitsOf(type)
  if (fraction.replace(/0+$/, '').length > scale) return no(`it has more than ${scale} digits behind the point`)
  return whole.replace(/^0+/, '').length > most ? no(`it has more than ${most} digits before the point`) : text
}
