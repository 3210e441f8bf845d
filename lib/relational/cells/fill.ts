/** impute, clamp, null_outside: cells that are missing or out of range. */
import type { Json } from '#core/json.ts'
import { anyOf, literal, sqlType } from '#relational/types/sql.ts'
import { type ColumnType, digitsOf, isDecimal } from '#relational/types/types.ts'
import { defineCell, sameType } from './cell.ts'

export const impute = defineCell<{ value: Json }>({
  name: 'impute',
  summary: 'Replaces missing cells by a value.',
  type: sameType,
  sql: (cell, { value }, before) => `COALESCE(${cell}, CAST(${literal(value)} AS ${sqlType(before)}))`,
  changes: (cell) => `${cell} IS NULL`,
  becomes: (cell, { value }) => cell ?? (typeof value === 'string' ? value : undefined),
})

type Bounds = { readonly low: number; readonly high: number }

const bound = (value: number) => literal(value)
const outside = (cell: string, { low, high }: Bounds) => anyOf([`${cell} < ${bound(low)}`, `${cell} > ${bound(high)}`])

/** The bound, or the next value of the type within the bounds. */
function inward(value: number, type: ColumnType, round: (value: number) => number): number {
  if (type === 'integer') return round(value)
  if (!isDecimal(type)) return value
  const { scale } = digitsOf(type)
  // the shortest text of a bound that the type has is the bound itself
  const [, digits = ''] = String(value).split('.')
  return digits.length <= scale && !digits.includes('e') ? value : Number(`${round(Number(`${value}e${scale}`))}e-${scale}`)
}

export const clamp = defineCell<Bounds>({
  name: 'clamp',
  summary: 'Replaces values outside the bounds by the bound.',
  type: sameType,
  sql: (cell, options, before) =>
    `CASE WHEN ${cell} < ${bound(options.low)} THEN CAST(${bound(inward(options.low, before, Math.ceil))} AS ${sqlType(before)}) WHEN ${cell} > ${bound(options.high)} THEN CAST(${bound(inward(options.high, before, Math.floor))} AS ${sqlType(before)}) ELSE ${cell} END`,
  changes: outside,
})

export const nullOutside = defineCell<Bounds>({
  name: 'null_outside',
  summary: 'Makes values outside the bounds missing.',
  type: sameType,
  sql: (cell, options) => `CASE WHEN ${outside(cell, options)} THEN NULL ELSE ${cell} END`,
  empties: () => true,
  changes: outside,
})
