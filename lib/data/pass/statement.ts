/** Reads a SELECT of an author: the engine parses it to a tree, and only a checked tree becomes SQL again. */
import type { Session } from '#io/duckdb/session.ts'
import type { Json } from '#core/json.ts'
import type { Parameters } from '#relational/operations/ops.ts'
import { literal, name as quoted, text as textLiteral } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import { isLongNumber, readExact, writeExact } from './exact-json.ts'
import { refusalsOf } from './statement-functions.ts'
import { membersProblems } from './statement-members.ts'
import { functionsIn, isNode, problemsIn, type StatementNames, type StatementProblem, type TreeNode } from './statement-tree.ts'

export interface Statement {
  readonly tree: TreeNode
}

export type StatementRead =
  | { readonly statement: Statement }
  /** `problems`: at least one. */
  | { readonly problems: readonly [StatementProblem, ...StatementProblem[]] }

/** A table that a statement may name: its columns, and the engine's own table that holds them. */
export interface StatementTable {
  readonly name: string
  readonly columns: readonly Column[]
  readonly table: string
}

interface Parsed {
  readonly error: boolean
  readonly error_type?: string
  readonly error_message?: string
  readonly position?: string
  readonly statements?: readonly { readonly node: TreeNode }[]
}

const FIX = 'write one SELECT statement in the SQL of DuckDB'

/** Parses and checks the text. Nothing is bound to tables yet, so columns and their types are not checked. */
export async function readStatement(session: Session, text: string, names: StatementNames): Promise<StatementRead> {
  const parsed = await parse(session, text)
  const [first, second] = parsed.statements ?? []
  const refuse = (what: string, at?: number): StatementRead => ({ problems: [{ what, hint: FIX, at }] })
  if (parsed.error) {
    const message = parsed.error_message ?? ''
    const position = parsed.position === undefined ? undefined : Number(parsed.position)
    return refuse(parsed.error_type === 'parser' ? message : 'the statement is not a SELECT: only rows can be read', position)
  }
  if (first === undefined) return refuse('there is no statement')
  if (second !== undefined) return refuse('there are several statements')
  const refusals = await refusalsOf(session, functionsIn(first.node))
  const counted = names.members === undefined ? [] : membersProblems(first.node, names.members)
  const [problem, ...others] = [...problemsIn(first.node, names, refusals), ...counted]
  return problem === undefined ? { statement: { tree: first.node } } : { problems: [problem, ...others] }
}

/** The place of a problem as an index into the text; undefined where it is not known. */
export function indexIn(text: string, { at, word }: StatementProblem): number | undefined {
  const bytes = Buffer.from(text)
  const found = word === undefined ? -1 : text.indexOf(word)
  if (found >= 0) return found
  // the engine counts bytes, and has a largest number for no place
  return at === undefined || at > bytes.length ? undefined : bytes.subarray(0, at).toString().length
}

/** `queries/best.sql:3:8`: a place in a file of the pipeline. */
export function placeIn(file: string, text: string, index: number | undefined): string {
  if (index === undefined) return file
  const lines = text.slice(0, index).split('\n')
  return `${file}:${lines.length}:${(lines.at(-1) ?? '').length + 1}`
}

/**
 * The statement as SQL over tables of the engine, with the values of its parameters as literals. The tables are those of WITH at its
 * beginning, so that no other table of the engine has a name in it.
 */
export async function statementSql(
  session: Session,
  { tree }: Statement,
  tables: readonly StatementTable[],
  parameters: Parameters,
): Promise<string> {
  const list = tables.map(({ name, columns, table }) => {
    const select = `SELECT ${columns.map((column) => quoted(column.name)).join(', ')} FROM temp.main.${table}`
    return `${quoted(name)} AS NOT MATERIALIZED (${select})`
  })
  const named = Object.entries(parameters)
  const values = named.length === 0 ? ['1'] : named.map(([, value]) => literal(value))
  const frame = (await parse(session, `WITH ${list.join(', ')} SELECT ${values.join(', ')}`)).statements?.[0]?.node
  const literals = (frame?.['select_list'] ?? []) as readonly TreeNode[]
  const given = new Map(named.flatMap(([name], at) => (literals[at] === undefined ? [] : [[name, literals[at]] as const])))
  const node = withValues(tree, given) as TreeNode
  const all = [...entriesOf(frame), ...entriesOf(node)]
  const statements = [{ node: { ...node, cte_map: { map: all } }, named_param_map: [] }]
  const json = writeExact({ error: false, statements })
  const [row = {}] = await session.rows(`SELECT json_deserialize_sql(CAST(${textLiteral(json)} AS JSON)) AS sql`)
  return String(row['sql'])
}

const entriesOf = (node: TreeNode | undefined) =>
  ((node?.['cte_map'] as { readonly map?: readonly Json[] } | undefined)?.map ?? []) as readonly Json[]

/** The tree with a literal in place of each parameter, under the name that the parameter had. */
function withValues(value: Json, given: ReadonlyMap<string, TreeNode>): Json {
  if (Array.isArray(value)) return value.map((item) => withValues(item as Json, given))
  if (!isNode(value) || isLongNumber(value)) return value
  const literalNode = value['class'] === 'PARAMETER' ? given.get(String(value['identifier'])) : undefined
  if (literalNode !== undefined) return { ...literalNode, alias: value['alias'] ?? '' }
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, withValues(child, given)]))
}

/** The engine's own tree of a text. */
async function parse(session: Session, text: string): Promise<Parsed> {
  const [row = {}] = await session.rows(`SELECT CAST(json_serialize_sql(${textLiteral(text)}) AS VARCHAR) AS tree`)
  return readExact<Parsed>(String(row['tree']))
}
