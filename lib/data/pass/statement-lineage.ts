/** Traces the columns of a SELECT of an author to the columns of its tables, where its tree shows them. */
import type { Json } from '#core/json.ts'
import type { Origin } from '#relational/operations/ops.ts'
import type { TracedColumn } from '#relational/operations/traced.ts'
import type { Column } from '#relational/types/types.ts'
import type { StatementTable } from './statement.ts'
import { definedIn, isNode, nodesIn, type TreeNode } from './statement-tree.ts'

/** A table with the address of its rows; null for the rows of the pipeline. */
export interface TracedTable extends StatementTable {
  readonly source: string | null
}

/** A table under its name within the statement. */
interface Aliased {
  readonly alias: string
  readonly table: TracedTable
}

interface Reference {
  readonly table: TracedTable
  readonly column: string
}

/**
 * The columns, each with those it is computed from. Where the statement is more than a SELECT from tables and joins, each column is said to
 * come from all columns of all tables: never from too few.
 */
export function tracedColumns(
  tree: TreeNode,
  columns: readonly Column[],
  tables: readonly TracedTable[],
  origin: Origin,
): readonly TracedColumn[] {
  const all = tables.flatMap((table) => table.columns.map(({ name }): Reference => ({ table, column: name })))
  const items = itemsOf(tree, tables)
  const isKnown = items !== undefined && items.length === columns.length
  return columns.map(({ name, type }, at): TracedColumn => {
    const { references, plain } = (isKnown ? items[at] : undefined) ?? { references: all, plain: false }
    return {
      name,
      type,
      from: [...new Set(references.flatMap(({ table, column }) => (table.source === null ? [column] : [])))],
      outside: references.flatMap(({ table, column }) => (table.source === null ? [] : [{ source: table.source, column }])),
      through: [origin],
      derived: !plain,
    }
  })
}

interface Item {
  readonly references: readonly Reference[]
  /** Whether it is one column, unchanged. */
  readonly plain: boolean
}

function itemsOf(tree: TreeNode, tables: readonly TracedTable[]): readonly Item[] | undefined {
  if (tree['type'] !== 'SELECT_NODE' || definedIn(tree).length > 0) return undefined
  const from = aliasesIn(tree['from_table'], tables)
  if (from === undefined) return undefined
  const items: Item[] = []
  for (const item of (tree['select_list'] ?? []) as readonly TreeNode[]) {
    const found = item['class'] === 'STAR' ? starItems(item, from, tree) : itemOf(item, from)
    if (found === undefined) return undefined
    items.push(...found)
  }
  return items
}

/** The tables of FROM; undefined if there is anything else in it. */
function aliasesIn(from: Json | undefined, tables: readonly TracedTable[]): readonly Aliased[] | undefined {
  if (!isNode(from)) return undefined
  if (from['type'] === 'BASE_TABLE') {
    const table = tables.find(({ name }) => name.toLowerCase() === String(from['table_name']).toLowerCase())
    const renamed = (from['column_name_alias'] as readonly Json[]).length > 0
    return table === undefined || renamed ? undefined : [{ alias: String(from['alias'] || from['table_name']).toLowerCase(), table }]
  }
  if (from['type'] !== 'JOIN') return undefined
  const [left, right] = [aliasesIn(from['left'], tables), aliasesIn(from['right'], tables)]
  return left === undefined || right === undefined ? undefined : [...left, ...right]
}

/** All columns; not where a join merges columns, or names are left out or replaced. */
function starItems(star: TreeNode, from: readonly Aliased[], tree: TreeNode): readonly Item[] | undefined {
  const lists = [star['exclude_list'], star['replace_list'], star['qualified_exclude_list'], star['rename_list']].flatMap(
    (list) => (list ?? []) as readonly Json[],
  )
  const merges = [...nodesIn(tree['from_table'])].some(
    ([node]) => node['type'] === 'JOIN' && (node['ref_type'] !== 'REGULAR' || (node['using_columns'] as readonly Json[]).length > 0),
  )
  if (lists.length > 0 || star['columns'] === true || star['expr'] !== null || merges) return undefined
  const of = String(star['relation_name'] ?? '').toLowerCase()
  return from
    .filter(({ alias }) => of === '' || alias === of)
    .flatMap(({ table }) => table.columns.map(({ name }): Item => ({ references: [{ table, column: name }], plain: true })))
}

function itemOf(item: TreeNode, from: readonly Aliased[]): readonly Item[] | undefined {
  const references: Reference[] = []
  for (const [node] of nodesIn(item)) {
    // a subquery, a lambda or a window by a name has columns of its own
    if (['SUBQUERY', 'LAMBDA', 'STAR', 'POSITIONAL_REFERENCE'].includes(String(node['class']))) return undefined
    if (node['class'] !== 'COLUMN_REF') continue
    const [column = '', alias, ...more] = [...(node['column_names'] as readonly string[])].reverse()
    const owners = from.flatMap(({ alias: known, table }) => {
      if (more.length > 0 || (alias !== undefined && alias.toLowerCase() !== known)) return []
      const found = table.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase())
      return found === undefined ? [] : [{ table, column: found.name }]
    })
    if (owners.length === 0) return undefined
    // a column that a join merges has two owners
    references.push(...owners)
  }
  return [{ references, plain: item['class'] === 'COLUMN_REF' && references.length === 1 }]
}
