/** Merges the partials of all batches into one per source, and those into one for the dataset. */
import type { Json } from '#core/json.ts'
import { ALL_MEASURES } from '#relational/measures/index.ts'
import { type ColumnPartial, mergeValues, type SourcePartial, type SurveyPartial } from './partial.ts'
import { entryOf, record } from '#core/text/record.ts'

type States = { readonly [measure: string]: Json }

export function mergeStates(a: States, b: States): States {
  const merged = record<Json>()
  for (const { name, create, merge } of ALL_MEASURES) {
    if (entryOf(a, name) === undefined && entryOf(b, name) === undefined) continue
    merged[name] = merge(entryOf(a, name) ?? create(), entryOf(b, name) ?? create())
  }
  return merged
}

function mergeColumn(a: ColumnPartial | undefined, b: ColumnPartial): ColumnPartial {
  if (a === undefined) return b
  if ('values' in a && 'values' in b) return { values: mergeValues(a.values, b.values) }
  if ('states' in a && 'states' in b) {
    const states = mergeStates(a.states, b.states)
    return a.listed === undefined || b.listed === undefined ? { states } : { states, listed: mergeValues(a.listed, b.listed) }
  }
  throw new Error('a column was measured in two ways in the same survey')
}

/** One partial per source, in the order of the sources; the partials must be in the order of the batches. */
export function mergePartials(partials: Iterable<SurveyPartial>): readonly SourcePartial[] {
  const bySource = new Map<number, SourcePartial>()
  for (const { sources } of partials) {
    for (const partial of sources) {
      const known = bySource.get(partial.source)
      const columns = record(Object.entries(known?.columns ?? {}))
      for (const [name, column] of Object.entries(partial.columns)) columns[name] = mergeColumn(entryOf(columns, name), column)
      bySource.set(partial.source, { source: partial.source, rows: (known?.rows ?? 0) + partial.rows, columns })
    }
  }
  return [...bySource.values()].sort((a, b) => a.source - b.source)
}
