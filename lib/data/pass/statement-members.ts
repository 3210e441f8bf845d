/** Whether the number of rows in a group is counted with count(*), so that a row which a join repeats counts twice and is found. */
import type { Json } from '#core/json.ts'
import { isNode, nodesIn, type StatementProblem, type TreeNode } from './statement-tree.ts'

/** Every expression of that name, also in a subquery, must be count(*), a column, or the sum of a column. */
export function membersProblems(tree: TreeNode, members: string): readonly StatementProblem[] {
  const named = [...nodesIn(tree)].map(([node]) => node).filter((node) => node['class'] !== undefined && isCalled(node, members))
  return named
    .filter((node) => node['class'] !== 'COLUMN_REF' && !isCount(node) && !isSumOfColumn(node))
    .map((node) => ({
      what: `"${members}" is not count(*), so it need not be the number of rows in a group`,
      hint: `write count(*) AS ${members}; a distinct or filtered count would hide rows that a join repeats`,
      at: node['query_location'] as number,
    }))
}

const isCalled = (node: TreeNode, name: string) => String(node['alias'] ?? '').toLowerCase() === name.toLowerCase()

const isAll = (node: TreeNode) => node['class'] === 'FUNCTION' && node['distinct'] === false && node['filter'] === null

const isCount = (node: TreeNode) => isAll(node) && node['function_name'] === 'count_star'

function isSumOfColumn(node: TreeNode): boolean {
  const [argument] = (node['children'] ?? []) as readonly Json[]
  return isAll(node) && node['function_name'] === 'sum' && isNode(argument) && argument['class'] === 'COLUMN_REF'
}
