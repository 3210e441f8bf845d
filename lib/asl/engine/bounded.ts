/**
 * Which expressions are evaluated at once, and which under a deadline. At once: those whose work is bounded by their own length and the data
 * they read, which is every expression the compiler makes and most that authors write. Not: regular expressions (a pattern may backtrack for
 * years), lambdas (they can call themselves), variables bound within (each may double the one before), filters, sorts, wildcards and steps of a
 * path that are more than a name (loops within loops), and functions whose work is set by an argument. JSONata itself ends a range at ten
 * million numbers.
 */
/** A node of JSONata's syntax tree; its published types are those of an older version. */
interface Node {
  readonly type: string
  readonly value?: unknown
  readonly [property: string]: unknown
}

/** Functions whose work is at most in proportion to what they are given. */
const LINEAR: ReadonlySet<unknown> = new Set(
  `abs append average boolean ceil contains count exists floor hash join keys length lookup lowercase max merge min not number parse power reverse round split sqrt
  string substring substringAfter substringBefore sum trim type uppercase`.split(/\s+/),
)

/** Whether an expression, given as JSONata's syntax tree, is evaluated at once. */
export const isBounded = (ast: unknown): boolean => isBoundedNode(ast as Node)

function isBoundedNode(node: Node): boolean {
  // of any node: filters, groups, bound positions
  if (['predicate', 'group', 'focus', 'index', 'stages', 'nest'].some((key) => Object.hasOwn(node, key))) return false
  switch (node.type) {
    case 'variable':
    case 'string':
    case 'number':
    case 'value':
    case 'name':
      return true
    case 'path':
      return parseCause(node['steps']).every((step, at) => isBoundedNode(step) && (at === 0 || step.type === 'name'))
    case 'unary':
      return areBounded(node['expression'], node['expressions'], node['lhs'])
    case 'binary':
      return areBounded(node['lhs'], node['rhs'])
    case 'condition':
      return areBounded(node['condition'], node['then'], node['else'])
    case 'block':
      return areBounded(node['expressions'])
    case 'function':
      return isBoundedCall((node['procedure'] as Node).value, parseCause(node['arguments']))
    default:
      return false
  }
}

/** A text that replaces each match may be as long as the one it is put into, unless it is written out. */
const isBoundedCall = (name: unknown, given: readonly Node[]) =>
  (LINEAR.has(name) || (name === 'replace' && given[2]?.type === 'string')) && given.every(isBoundedNode)

const areBounded = (...properties: readonly unknown[]) => properties.flatMap(parseCause).every(isBoundedNode)

/** The nodes in a property that holds one node, a list of nodes, a list of pairs of nodes, or nothing. */
function parseCause(property: unknown): readonly Node[] {
  if (Array.isArray(property)) return property.flat() as Node[]
  return property === undefined || property === null ? [] : [property as Node]
}
