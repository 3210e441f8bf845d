/** Parses JSONata expressions in ASL and analyses what they read. Evaluates nothing. */
import jsonata from 'jsonata'
import { entryOf } from '#core/text/record.ts'

/** A node of JSONata's syntax tree. The published types describe an older version. */
interface Node {
  readonly type: string
  readonly value?: unknown
  readonly [property: string]: unknown
}

/** What an expression reads and calls, by name. */
export interface Analysis {
  /** Variables the expression reads but does not bind (including `$states` and built-in functions), without `$`. */
  readonly reads: ReadonlySet<string>
  /** Fields of `$states` read by a literal path, such as `input.a` or `context.Map.Item.Value`; empty text for `$states` as a whole. */
  readonly states: ReadonlySet<string>
  /** Fields of `$inputs` read by a literal path, by their names; empty text for `$inputs` as a whole. */
  readonly inputs: ReadonlySet<string>
  /** References that Step Functions rejects when a machine is created, one sentence each. */
  readonly refused: readonly string[]
}

const EXPRESSION = /^\{%([\s\S]*)%\}$/

/** The JSONata source of a string that consists of `{% … %}`, trimmed; undefined for every other value. */
export function expressionSource(value: unknown): string | undefined {
  return typeof value === 'string' ? EXPRESSION.exec(value)?.[1]?.trim() : undefined
}

type Analysed = Analysis | { readonly error: string }

/** Cached results of `analyseExpression`: each check of a machine analyses each expression, and parsing takes most of the time. */
const known = new Map<string, Analysed>()
/** More than the expressions of any real machine; limits the memory of a process that compiles many. */
const MAX_KNOWN = 5000

/** Parses and analyses an expression. A syntax error is returned as one sentence with JSONata's code and position. */
export function analyseExpression(source: string): Analysed {
  const before = known.get(source)
  if (before !== undefined) return before
  if (known.size >= MAX_KNOWN) known.clear()
  const answer = parsed(source)
  known.set(source, answer)
  return answer
}

function parsed(source: string): Analysed {
  try {
    return analyse(jsonata(source).ast() as unknown as Node)
  } catch (error) {
    return { error: jsonataMessage(error) }
  }
}

/**
 * Renames the variables a source reads or binds. Texts and fields that only look like a variable stay unchanged. A source that does not
 * parse is returned unchanged.
 */
export function renameVariables(source: string, renamed: (name: string) => string | undefined): string {
  const found: { end: number; name: string; other: string }[] = []
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) {
      for (const one of part) visit(one)
      return
    }
    if (typeof part !== 'object' || part === null) return
    const { type, value, position } = part as { type?: unknown; value?: unknown; position?: unknown }
    const other = type === 'variable' && typeof value === 'string' ? renamed(value) : undefined
    // the position of a node is where the tokenizer stood after reading it
    if (other !== undefined && typeof position === 'number') found.push({ end: position, name: String(value), other })
    for (const inner of Object.values(part)) visit(inner)
  }
  try {
    visit(jsonata(source).ast())
  } catch {
    return source
  }
  const uses = [...new Map(found.map((one) => [one.end, one])).values()].sort((a, b) => b.end - a.end)
  return uses.reduce((text, { end, name, other }) => `${text.slice(0, end - name.length)}${other}${text.slice(end)}`, source)
}

/** JSONata throws plain objects; returns their code and message as Step Functions quotes them. */
export function jsonataMessage(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown }
  const text = typeof message === 'string' ? message : String(error)
  return typeof code === 'string' ? `${code}: ${text}` : text
}

function analyse(root: Node): Analysis {
  const reads = new Set<string>()
  const bound = new Set<string>()
  const states = new Set<string>()
  const inputs = new Set<string>()
  const refused = new Set<string>()
  const heads = new Set<Node>()

  /** `top`: whether names are looked up in the top-level context, which is empty in Step Functions. */
  function visit(node: Node, top: boolean): void {
    bind(node['focus'])
    bind(node['index'])
    visitParts(node, top)
    for (const filter of [...nodes(node['predicate']), ...nodes(node['stages'])]) {
      if (filter.type === 'filter') visit(filter['expr'] as Node, false)
      else bind(filter.value)
    }
    const group = node['group'] as { lhs?: unknown } | undefined
    for (const part of nodes(group?.lhs)) visit(part, false)
  }

  function visitParts(node: Node, top: boolean): void {
    switch (node.type) {
      case 'variable':
        visitVariable(node, top)
        return
      case 'name':
      case 'wildcard':
      case 'descendant':
        if (top) refused.add(`reference to '${String(node.value)}' at the top level; write $states.input.… or a variable`)
        return
      case 'path':
        visitPath(nodes(node['steps']), top)
        return
      case 'bind':
        bind((node['lhs'] as Node).value)
        visit(node['rhs'] as Node, top)
        return
      case 'lambda':
        for (const parameter of nodes(node['arguments'])) bind(parameter.value)
        visit(node['body'] as Node, top)
        return
      case 'sort':
        for (const term of node['terms'] as { expression: Node }[]) visit(term.expression, false)
        return
      case 'transform':
        for (const part of [node['pattern'], node['update'], node['delete']]) if (part !== undefined) visit(part as Node, false)
        return
      default:
        for (const key of ['lhs', 'rhs', 'procedure', 'arguments', 'expression', 'expressions', 'condition', 'then', 'else']) {
          for (const part of nodes(entryOf(node, key))) visit(part, top)
        }
    }
  }

  function visitVariable(node: Node, top: boolean): void {
    const name = String(node.value)
    if (name === '$') refused.add("reference to '$$'; write $states.input")
    else if (name !== '') reads.add(name)
    else if (top) refused.add("reference to '$' at the top level; write $states.input")
    if (name === 'states' && !heads.has(node)) states.add('')
    if (name === 'inputs' && !heads.has(node)) inputs.add('')
  }

  function visitPath(steps: readonly Node[], top: boolean): void {
    const [head, ...rest] = steps
    if (head?.type === 'variable' && head.value === 'states' && rest[0]?.type === 'name') {
      const end = rest.findIndex((step) => step.type !== 'name')
      states.add(
        rest
          .slice(0, end < 0 ? undefined : end)
          .map((step) => step.value)
          .join('.'),
      )
      heads.add(head)
    }
    if (head?.type === 'variable' && head.value === 'inputs' && rest[0]?.type === 'name') {
      inputs.add(String(rest[0].value))
      heads.add(head)
    }
    steps.forEach((step, position) => {
      visit(step, top && position === 0)
    })
  }

  function bind(name: unknown): void {
    if (typeof name === 'string') bound.add(name)
  }

  visit(root, true)
  if (reads.has('eval')) refused.add("reference to '$eval', which Step Functions does not offer; $parse reads JSON text")
  return { reads: new Set([...reads].filter((name) => !bound.has(name))), states, inputs, refused: [...refused] }
}

/** The nodes in a property that holds one node, a list of nodes or a list of pairs of nodes. */
function nodes(property: unknown): Node[] {
  if (Array.isArray(property)) return property.flat() as Node[]
  return property === undefined || property === null ? [] : [property as Node]
}
