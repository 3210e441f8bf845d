/**
 * Decides which expressions are evaluated directly and which under a deadline. Directly: those whose work is bounded by their own length
 * and the data they read, which covers every expression the compiler generates and most that authors write. Under a deadline: regular
 * expressions (a pattern may backtrack for years), lambdas (they can call themselves), variables bound within (each may double the previous
 * one), filters, sorts, wildcards and path steps that are more than a name (nested loops), and functions whose work depends on an argument.
 * JSONata itself ends a range at ten million numbers.
 */
/** A node of JSONata's syntax tree. The published types describe an older version. */
interface Node {
  readonly type: string
  readonly value?: unknown
  readonly [property: string]: unknown
}

/** Functions whose work is at most proportional to their input. */
const LINEAR: ReadonlySet<unknown> = new Set(
  `abs append average boolean ceil contains count exists floor hash join keys length lookup lowercase max merge min not number parse power reverse round split sqrt
  string substring substringAfter substringBefore sum trim type uppercase`.split(/\s+/),
)

/** Whether an expression, given as JSONata's syntax tree, can be evaluated directly. */
export const isBounded = (ast: unknown): boolean => isBoundedNode(ast as Node)

function isBoundedNode(node: Node): boolean {
  // any node type: filters, groups, bound positions
  if (['predicate', 'group', 'focus', 'index', 'stages', 'nest'].some((key) => Object.hasOwn(node, key))) return false
  switch (node.type) {
    case 'variable':
    case 'string':
    case 'number':
    case 'value':
    case 'name':
      return true
    case 'path':
      return childNodes(node['steps']).every((step, at) => isBoundedNode(step) && (at === 0 || step.type === 'name'))
    case 'unary':
      return areBounded(node['expression'], node['expressions'], node['lhs'])
    case 'binary':
      return areBounded(node['lhs'], node['rhs'])
    case 'condition':
      return areBounded(node['condition'], node['then'], node['else'])
    case 'block':
      return areBounded(node['expressions'])
    case 'function':
      return isBoundedCall((node['procedure'] as Node).value, childNodes(node['arguments']))
    default:
      return false
  }
}

/** Each match may be replaced by a text as long as the whole input, unless the replacement is a literal. */
const isBoundedCall = (name: unknown, given: readonly Node[]) =>
  (LINEAR.has(name) || (name === 'replace' && given[2]?.type === 'string')) && given.every(isBoundedNode)

const areBounded = (...properties: readonly unknown[]) => properties.flatMap(childNodes).every(isBoundedNode)

/** The nodes in a property that holds one node, a list of nodes, a list of pairs of nodes, or nothing. */
function childNodes(property: unknown): readonly Node[] {
  if (Array.isArray(property)) return property.flat() as Node[]
  return property === undefined || property === null ? [] : [property as Node]
}
