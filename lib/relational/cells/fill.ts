/** impute, clamp, null_outside: cells that are missing or out of range. */
import type { Json } from '#core/json.ts'
import { anyOf, literal, SQL_TYPES } from '#relational/types/sql.ts'
import { defineCell, sameType } from './cell.ts'

export const impute = defineCell<{ value: Json }>({
  name: 'impute',
  summary: 'Replaces missing cells by a value.',
  type: sameType,
  sql: (cell, { value }, before) => `COALESCE(${cell}, CAST(${literal(value)} AS ${SQL_TYPES[before]}))`,
  changes: (cell) => `${cell} IS NULL`,
  becomes: (cell, { value }) => cell ?? (typeof value === 'string' ? value : undefined),
})

type Bounds = { readonly low: number; readonly high: number }

const bound = (value: number) => literal(value)
const outside = (cell: string, { low, high }: Bounds) => anyOf([`${cell} < ${bound(low)}`, `${cell} > ${bound(high)}`])

export const clamp = defineCell<Bounds>({
  name: 'clamp',
  summary: 'Replaces values outside the bounds by the bound.',
  type: sameType,
  sql: (cell, options, before) =>
    `CASE WHEN ${cell} < ${bound(options.low)} THEN CAST(${bound(before === 'integer' ? Math.ceil(options.low) : options.low)} AS ${SQL_TYPES[before]}) WHEN ${cell} > ${bound(options.high)} THEN CAST(${bound(before === 'integer' ? Math.floor(options.high) : options.high)} AS ${SQL_TYPES[before]}) ELSE ${cell} END`,
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
