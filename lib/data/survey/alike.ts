/**
 * Columns that are read and measured alike: asked about in one query, as parts of one list. A query costs more than the values of most
 * columns, so one query for each column is most of the time a wide table takes.
 */
import type { ColumnPlan } from '#relational/cells/column-plan.ts'

/** What is of columns that are read alike, together; both the groups and what is in them keep their order. */
export function alike<Item extends { readonly plan: ColumnPlan }>(items: readonly Item[]): readonly (readonly [Item, ...Item[]])[] {
  const groups = new Map<string, [Item, ...Item[]]>()
  for (const item of items) {
    const key = JSON.stringify({ ...item.plan, name: '', notes: [] })
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups.values()]
}
