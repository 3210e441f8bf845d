/** effects: what each standardising rule would change in a column, with the first example. */
import { readingRules } from '#relational/cells/reading.ts'
import { countWhere, defineMeasure, firstWhere, toNumber } from './measure.ts'
import { entryOf } from '#core/text/record.ts'

type State = { readonly [rule: string]: { readonly cells: number; readonly first: string | null } }

export const effects = defineMeasure<State, State>({
  name: 'effects',
  summary: 'The cells each standardising rule would change, and the first of them.',
  appliesTo: () => true,
  sql: (cells, column) =>
    Object.fromEntries(
      readingRules(column, cells).flatMap(({ rule, changes }) => [
        [`${rule} cells`, countWhere(changes, cells)],
        [`${rule} first`, firstWhere(cells.raw, changes, cells)],
      ]),
    ),
  read: (parts) => {
    const rules = Object.keys(parts).flatMap((part) => (part.endsWith(' cells') ? [part.slice(0, -' cells'.length)] : []))
    return Object.fromEntries(
      rules.map((rule) => [rule, { cells: toNumber(parts[`${rule} cells`]), first: (parts[`${rule} first`] as string | null) ?? null }]),
    )
  },
  create: () => ({}),
  merge: (a, b) => {
    const rules = [...new Set([...Object.keys(a), ...Object.keys(b)])]
    return Object.fromEntries(
      rules.map((rule) => [
        rule,
        {
          cells: (entryOf(a, rule)?.cells ?? 0) + (entryOf(b, rule)?.cells ?? 0),
          first: entryOf(a, rule)?.first ?? entryOf(b, rule)?.first ?? null,
        },
      ]),
    )
  },
  value: (state) => state,
})
