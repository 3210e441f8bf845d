/** The changes a mutation run makes, by the kind of syntax they are made to. Types are left alone: they do nothing when the program runs. */

/** A node of the syntax tree, in the form of ESTree. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [part: string]: unknown
}

export interface Change {
  readonly start: number
  readonly end: number
  readonly replacement: string
  /** What kind of change it is, such as `comparison`. */
  readonly kind: string
}

/** Gives the changes of one node; `text` is the source, `parent` the node around it. */
type Operator = (node: SyntaxNode, text: string, parent: SyntaxNode | undefined) => readonly Change[]

const COMPARISONS: { readonly [operator: string]: readonly string[] } = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
}
const ARITHMETIC: { readonly [operator: string]: string } = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '&': '|',
  '|': '&',
  '<<': '>>',
  '>>': '<<',
  '>>>': '<<',
  '+=': '-=',
  '-=': '+=',
  '|=': '&=',
  '&=': '|=',
}
/** Calls that give back something like what they are called on, so that the program goes on without them. */
const REMOVABLE_CALLS = new Set([
  'filter',
  'sort',
  'reverse',
  'slice',
  'concat',
  'trim',
  'toLowerCase',
  'toUpperCase',
  'replaceAll',
  'flat',
])

const nodeAt = (node: SyntaxNode, part: string) => node[part] as SyntaxNode | undefined
const replace = (node: SyntaxNode, replacement: string, kind: string): Change => ({ start: node.start, end: node.end, replacement, kind })

/** Replaces the operator that stands between the two sides of a node. */
function between(node: SyntaxNode, text: string, replacement: string, kind: string): readonly Change[] {
  const [left, right] = [nodeAt(node, 'left'), nodeAt(node, 'right')]
  const operator = node['operator'] as string
  if (left === undefined || right === undefined) return []
  const start = text.indexOf(operator, left.end)
  return start < 0 || start >= right.start ? [] : [{ start, end: start + operator.length, replacement, kind }]
}

const isText = (node: SyntaxNode | undefined) =>
  node?.type === 'TemplateLiteral' || (node?.type === 'Literal' && typeof node['value'] === 'string')

const binary: Operator = (node, text) => {
  const operator = node['operator'] as string
  const other = ARITHMETIC[operator]
  if (other !== undefined) {
    // texts cannot be subtracted: that would only show that NaN is noticed
    const joined = operator.startsWith('+') && (isText(nodeAt(node, 'left')) || isText(nodeAt(node, 'right')))
    return joined ? [] : between(node, text, other, 'arithmetic')
  }
  return (COMPARISONS[operator] ?? []).flatMap((replacement) => between(node, text, replacement, 'comparison'))
}

const logical: Operator = (node, text) => {
  const operator = node['operator'] as string
  if (operator === '??') {
    const left = nodeAt(node, 'left')
    return left === undefined ? [] : [{ start: left.end, end: node.end, replacement: '', kind: 'default removed' }]
  }
  return between(node, text, operator === '&&' ? '||' : '&&', 'logical')
}

function condition(...values: readonly string[]): Operator {
  return (node) => {
    const test = nodeAt(node, 'test')
    return !test || test.type === 'Literal' ? [] : values.map((value) => replace(test, value, `condition ${value}`))
  }
}

const literal: Operator = (node, _text, parent) => {
  const value = node['value']
  // a name of a property or a module is checked by the compiler
  if (parent?.['key'] === node || parent?.['source'] === node || /^(Import|Export)/.test(parent?.type ?? '')) return []
  if (typeof value === 'boolean') return [replace(node, String(!value), 'boolean')]
  if (typeof value === 'string') return [replace(node, value === '' ? "'mutated'" : "''", 'text')]
  if (typeof value === 'number') return [value + 1, ...(value > 0 ? [value - 1] : [])].map((next) => replace(node, String(next), 'number'))
  if (typeof value === 'bigint') return [replace(node, `${value + 1n}n`, 'number')]
  return []
}

const template: Operator = (node, _text, parent) => {
  const parts = node['quasis'] as readonly { readonly value: { readonly raw: string } }[]
  return parent?.type === 'TaggedTemplateExpression' || parts.every(({ value }) => value.raw === '') ? [] : [replace(node, "''", 'text')]
}

const statement: Operator = (node) => [replace(node, ';', 'statement removed')]

const call: Operator = (node, text) => {
  const callee = nodeAt(node, 'callee')
  const [object, property] = callee?.type === 'MemberExpression' ? [nodeAt(callee, 'object'), nodeAt(callee, 'property')] : []
  if (object === undefined || property === undefined) return []
  const name = text.slice(property.start, property.end)
  if (object.type === 'Identifier' && object['name'] === 'Math' && (name === 'min' || name === 'max'))
    return [replace(property, name === 'min' ? 'max' : 'min', 'call')]
  if (name === 'some' || name === 'every') return [replace(property, name === 'some' ? 'every' : 'some', 'call')]
  return REMOVABLE_CALLS.has(name) ? [{ start: object.end, end: node.end, replacement: '', kind: 'call removed' }] : []
}

/** A function that returns at once. */
const returnsEarly: Operator = (node) => {
  const body = nodeAt(node, 'body')
  if (body?.type !== 'BlockStatement') return []
  return [{ start: body.start + 1, end: body.start + 1, replacement: ' return undefined as never;', kind: 'returns early' }]
}

const list: Operator = (node) => ((node['elements'] as readonly unknown[]).length === 0 ? [] : [replace(node, '[]', 'list')])

const negation: Operator = (node) => {
  const argument = nodeAt(node, 'argument')
  return node['operator'] !== '!' || argument === undefined
    ? []
    : [{ start: node.start, end: argument.start, replacement: '', kind: 'negation removed' }]
}

const update: Operator = (node, text) => [
  replace(
    node,
    text.slice(node.start, node.end).replace(/\+\+|--/, (sign) => (sign === '++' ? '--' : '++')),
    'arithmetic',
  ),
]

const OPERATORS: { readonly [type: string]: Operator } = {
  BinaryExpression: binary,
  AssignmentExpression: (node, text, parent) => (ARITHMETIC[node['operator'] as string] === undefined ? [] : binary(node, text, parent)),
  LogicalExpression: logical,
  IfStatement: condition('true', 'false'),
  ConditionalExpression: condition('true', 'false'),
  // a loop that never ends would only show the time limit
  WhileStatement: condition('false'),
  ForStatement: condition('false'),
  Literal: literal,
  TemplateLiteral: template,
  ExpressionStatement: statement,
  ThrowStatement: statement,
  BreakStatement: statement,
  ContinueStatement: statement,
  CallExpression: call,
  FunctionDeclaration: returnsEarly,
  FunctionExpression: returnsEarly,
  ArrowFunctionExpression: returnsEarly,
  ArrayExpression: list,
  UnaryExpression: negation,
  UpdateExpression: update,
}

/** The changes of a node. */
export const changesOf: Operator = (node, text, parent) => OPERATORS[node.type]?.(node, text, parent) ?? []
