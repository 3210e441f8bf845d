/**
 * Groups columns that are read and measured alike, to query them together as parts of one list. A query costs more than the values of most
 * columns, so with one query per column, most of the time of a wide table would go into queries.
 */
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { semanticRule } from '#relational/measures/semantic-rules.ts'

/** Items grouped by the plan of their column; groups and their items keep their order. */
export function alike<Item extends { readonly plan: ColumnPlan }>(items: readonly Item[]): readonly (readonly [Item, ...Item[]])[] {
  const groups = new Map<string, [Item, ...Item[]]>()
  for (const item of items) {
    const key = readingOf(item.plan)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups.values()]
}

/** Equal for two columns that are read and measured alike: what a plan says besides is about its name, its keys and its report. */
export const readingOf = ({ type, from_text, null_values, number, date, formula_texts, probably, semantic }: ColumnPlan): string =>
  JSON.stringify([type, from_text, null_values, number, date, formula_texts === true, probably, semanticRule(semantic) && semantic])
