/** Whether a value in a setting has the type of a column. */
import type { ColumnType } from './types.ts'

type Scalar = string | number | boolean

const FITS: Readonly<Record<ColumnType, (value: Scalar) => boolean>> = {
  text: () => true,
  integer: (value) => typeof value !== 'boolean' && /^[+-]?\d{1,18}$/.test(String(value)),
  decimal: (value) => typeof value !== 'boolean' && String(value).trim() !== '' && Number.isFinite(Number(value)),
  boolean: (value) => value === true || value === false || value === 'true' || value === 'false',
  date: (value) => /^\d{4}-\d{2}-\d{2}$/.test(String(value)) && isDay(String(value)),
  timestamp: (value) => /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$/.test(String(value)) && isDay(String(value)),
}

/** Whether a day exists: 30 February does not, and would parse as another day. */
function isDay(text: string): boolean {
  const moment = new Date(`${text.slice(0, 10)}T00:00:00Z`)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text.slice(0, 10))
}

export const fits = (value: Scalar, type: ColumnType) => FITS[type](value)
