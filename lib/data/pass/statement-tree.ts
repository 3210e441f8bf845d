/** A SELECT of an author as the tree that the engine parses it to, and what is refused in it. Nothing is run. */
import type { Json } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import type { Refusal } from './statement-functions.ts'

/** A node of the engine's tree: only the fields that are looked at have a type. */
export type TreeNode = { readonly [field: string]: Json }

/** What is wrong with a statement. `at`: the place in its text, in bytes; absent where it is not known. */
export interface StatementProblem {
  readonly what: string
  readonly hint: string
  readonly at?: number | undefined
  /** A text at the place, where the engine does not say the place. */
  readonly word?: string
  /** A column that does not exist. */
  readonly missing?: string
}

/** The names that a statement may use. */
export interface StatementNames {
  readonly tables: readonly string[]
  readonly parameters: readonly string[]
  /** The column that counts the rows of a group. */
  readonly members?: string | undefined
}

/** Words that the engine reads as functions without brackets: their values differ from run to run, or from machine to machine. */
const BARE = ['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp', 'current_user', 'session_user', 'user']
const BARE_WORDS: ReadonlySet<string> = new Set([...BARE, 'current_role', 'current_schema', 'current_catalog', 'current_database'])

/** Tables that come from nowhere but the arguments. */
const TABLE_FUNCTIONS: ReadonlySet<string> = new Set(['unnest', 'range', 'generate_series'])

export const isNode = (value: Json | undefined): value is TreeNode => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every node, from the top, each with the names of the tables that WITH defines around it. */
export function* nodesIn(
  value: Json | undefined,
  scope: ReadonlySet<string> = new Set(),
): Iterable<readonly [TreeNode, ReadonlySet<string>]> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesIn(item, scope)
    return
  }
  if (!isNode(value)) return
  const inner = new Set([...scope, ...definedIn(value)])
  yield [value, inner]
  for (const child of Object.values(value)) yield* nodesIn(child, inner)
}

/** The names that WITH defines in a node, folded. */
export function definedIn(node: TreeNode): readonly string[] {
  const { map } = (node['cte_map'] ?? {}) as { readonly map?: readonly { readonly key: string }[] }
  return (map ?? []).map(({ key }) => key.toLowerCase())
}

/** The functions that a statement calls, each once. */
export function functionsIn(tree: TreeNode): readonly string[] {
  const names = [...nodesIn(tree)].flatMap(([node]) => (isCall(node) ? [String(node['function_name'])] : []))
  return [...new Set(names)]
}

const isCall = (node: TreeNode) => typeof node['function_name'] === 'string'
const placeOf = (node: TreeNode) => (typeof node['query_location'] === 'number' ? node['query_location'] : undefined)

/** Everything in a tree that would read something else than the tables, or give another result in another run. */
export function problemsIn(
  tree: TreeNode,
  { tables, parameters }: StatementNames,
  refusals: ReadonlyMap<string, Refusal>,
): readonly StatementProblem[] {
  const known = new Set(tables.map((name) => name.toLowerCase()))
  const tableFunctions = new Set(
    [...nodesIn(tree)].flatMap(([node]) => (node['type'] === 'TABLE_FUNCTION' ? [node['function'] as Json] : [])),
  )
  const found: StatementProblem[] = [...topProblems(tree, known)]
  for (const [node, scope] of nodesIn(tree)) {
    const at = placeOf(node)
    const refuse = (what: string, hint: string, word?: string) => found.push({ what, hint, at, ...(word === undefined ? {} : { word }) })
    if (node['type'] === 'RECURSIVE_CTE_NODE') refuse('WITH RECURSIVE is not allowed, because it need not end', 'write a SELECT without it')
    if (node['type'] === 'SHOW_REF') refuse('DESCRIBE, SHOW and SUMMARIZE are not allowed', 'write a SELECT that names its columns')
    if (node['type'] === 'COLUMN_DATA') refuse('this table is not allowed', `the tables here are ${tables.join(', ')}`)
    if (isNode(node['sample']))
      refuse('a sample is taken by chance, so another run would have another result', 'filter by a column instead')
    if (node['type'] === 'BASE_TABLE') found.push(...tableProblems(node, tables, known, scope))
    if (isCall(node)) found.push(...callProblems(node, tableFunctions.has(node), refusals.get(String(node['function_name'])), tables))
    if (node['class'] === 'COLUMN_REF') {
      const names = node['column_names'] as readonly string[]
      const [word = ''] = names
      if (names.length === 1 && BARE_WORDS.has(word.toLowerCase()))
        refuse(
          `${word} differs from run to run`,
          `give the value in \`parameters\`; for a column of that name write its table before it: ${tables[0]}.${word}`,
        )
    }
    if (node['class'] === 'PARAMETER' && !parameters.includes(String(node['identifier']))) {
      const name = String(node['identifier'])
      const near = nearest(name, parameters)
      const listed = parameters.length === 0 ? 'the step has no parameters' : `the parameters are ${parameters.join(', ')}`
      refuse(
        `\`parameters\` has no "${name}"`,
        near === undefined ? `add it to \`parameters\`; ${listed}` : `did you mean $${near}? ${listed}`,
        `$${name}`,
      )
    }
  }
  return found
}

/** The items of the SELECT that names the columns. */
function selectedBy(tree: TreeNode): readonly TreeNode[] {
  const left = tree['type'] === 'SET_OPERATION_NODE' ? tree['left'] : undefined
  return isNode(left) ? selectedBy(left) : ((tree['select_list'] ?? []) as readonly TreeNode[])
}

/** What is wrong at the top: columns without names, an order that nothing keeps, and names that hide an input. */
function* topProblems(tree: TreeNode, tables: ReadonlySet<string>): Iterable<StatementProblem> {
  const hidden = definedIn(tree).find((name) => tables.has(name))
  if (hidden !== undefined)
    yield { what: `WITH defines "${hidden}", which is the name of an input`, hint: 'choose another name behind WITH' }
  // the engine calls such a column by its text, which another version may write in another way
  for (const item of selectedBy(tree))
    if (item['class'] !== 'COLUMN_REF' && item['class'] !== 'STAR' && item['alias'] === '')
      yield { what: 'an expression has no name as a column', hint: 'give it one with AS', at: placeOf(item) }
  const at = (node: TreeNode | undefined) => {
    const orders = (node?.['orders'] ?? []) as readonly { readonly expression: TreeNode }[]
    return orders[0] === undefined ? undefined : placeOf(orders[0].expression)
  }
  for (const [node] of nodesIn(tree)) {
    const modifiers = (node['modifiers'] ?? []) as readonly TreeNode[]
    const order = modifiers.find(({ type }) => type === 'ORDER_MODIFIER')
    const limit = modifiers.some(({ type }) => type === 'LIMIT_MODIFIER' || type === 'LIMIT_PERCENT_MODIFIER')
    if (limit && order === undefined)
      yield { what: 'LIMIT without ORDER BY takes any rows', hint: 'say which rows with ORDER BY, by columns that leave no ties' }
    if (node === tree && order !== undefined && !limit)
      yield {
        what: 'ORDER BY has no effect at the end of the statement: rows keep the order in which they, or the first of their group, came in',
        hint: 'remove it, and sort in a transform step after this one: `operations: [{sort: [...]}]`',
        at: at(order),
      }
  }
}

function* tableProblems(node: TreeNode, tables: readonly string[], known: ReadonlySet<string>, scope: ReadonlySet<string>) {
  const name = String(node['table_name'])
  const isQualified = node['schema_name'] !== '' || node['catalog_name'] !== ''
  if (!isQualified && (known.has(name.toLowerCase()) || scope.has(name.toLowerCase()))) return
  const near = isQualified ? undefined : nearest(name, tables)
  const shown = [node['catalog_name'], node['schema_name'], name].filter((part) => part !== '').join('.')
  yield {
    what: `there is no table "${shown}"`,
    hint: `${near === undefined ? '' : `did you mean ${near}? `}the tables here are ${tables.join(', ')}; a file is read as an input: \`inputs: {name: path}\``,
    at: placeOf(node),
  }
}

function* callProblems(node: TreeNode, isTable: boolean, refusal: Refusal | undefined, tables: readonly string[]) {
  const name = String(node['function_name'])
  const at = placeOf(node)
  if (isTable) {
    if (!TABLE_FUNCTIONS.has(name))
      yield {
        what: `${name}(…) is not allowed as a table: a statement reads only its inputs`,
        hint: `the tables here are ${tables.join(', ')}; a file is read as an input: \`inputs: {name: path}\``,
        at,
      }
  } else if (typeof node['schema'] === 'string' && !['', 'main'].includes(node['schema'])) {
    yield { what: `${String(node['schema'])}.${name} is not allowed`, hint: 'write the name of the function alone', at }
  } else if (refusal !== undefined) yield { ...refusal, at }
}
