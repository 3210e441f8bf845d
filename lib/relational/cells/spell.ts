/** lower, upper, replace_values: normalise the spelling of text cells. */
import { isOneOf, text } from '#relational/types/sql.ts'
import { defineCell, sameType } from './cell.ts'
import { entryOf } from '#core/text/record.ts'

export const lower = defineCell({
  name: 'lower',
  summary: 'Converts letters to lower case.',
  type: sameType,
  sql: (cell) => `lower(${cell})`,
})

export const upper = defineCell({
  name: 'upper',
  summary: 'Converts letters to upper case.',
  type: sameType,
  sql: (cell) => `upper(${cell})`,
})

/** `values` maps a cell, as written, to its replacement; null makes it missing. */
export const replaceValues = defineCell<{ values: { readonly [from: string]: string | null } }>({
  name: 'replace_values',
  summary: 'Replaces cells by a map of values.',
  type: sameType,
  sql: (cell, { values }) => {
    const arms = Object.entries(values).map(([from, to]) => `WHEN ${text(from)} THEN ${to === null ? 'NULL' : text(to)}`)
    return arms.length === 0 ? cell : `CASE ${cell} ${arms.join(' ')} ELSE ${cell} END`
  },
  empties: ({ values }) => Object.values(values).includes(null),
  becomes: (cell, { values }) => (cell !== null && Object.hasOwn(values, cell) ? (entryOf(values, cell) ?? null) : cell),
  narrowed: ({ values }, known) => ({ values: Object.fromEntries(Object.entries(values).filter(([from]) => known.has(from))) }),
  changes: (cell, { values }) =>
    isOneOf(
      cell,
      Object.entries(values).flatMap(([from, to]) => (from === to ? [] : [from])),
    ),
})
