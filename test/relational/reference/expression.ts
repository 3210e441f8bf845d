/** The reference engine for row expressions: a tree becomes a function of a row. Written from the reference, without SQL. */
import type { Case, Comparison, Expression, In, IsDistinct, Like, Template } from '#relational/expression/ast.ts'
import { columnNamed } from '#relational/expression/columns.ts'
import { functionNamed } from '#relational/expression/functions.ts'
import { isInteger, literalType, meetingType } from '#relational/expression/scalar.ts'
import type { Json } from '#core/json.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { arithmetic } from './arithmetic.ts'
import { callOf } from './call.ts'
import { intervalOf } from './moments.ts'
import { type At, columnType, constant, type Node, type Row, toType } from './node.ts'
import { type Cell, compare, convert } from './values.ts'
import { likePattern } from './patterns.ts'

export interface Scope {
  readonly types: ReadonlyMap<string, ColumnType>
  readonly parameters: { readonly [path: string]: Json }
}

/** An expression as a function of a row, with the type of its values. */
export function evaluator(expression: Expression, scope: Scope): { readonly type: ColumnType; readonly at: (row: Row) => Cell } {
  const node = nodeOf(expression, scope)
  const type = node.type === 'null' || node.type === 'interval' ? 'text' : node.type
  return { type, at: node.at }
}

const boolean = (at: (row: Row) => Cell): Node => ({ type: 'boolean', at })

function nodeOf(expression: Expression, scope: Scope): Node {
  const inner = (part: Expression) => nodeOf(part, scope)
  const condition = (part: Expression) => toType(inner(part), 'boolean')
  switch (expression.kind) {
    case 'number':
      return numberOf(expression.digits, literalType(expression) === 'integer')
    case 'text':
      return constant('text', expression.value, { text: expression.value })
    case 'template':
      return templateOf(expression, scope)
    case 'boolean':
      return constant('boolean', expression.value)
    case 'null':
      return constant('null', null)
    case 'date':
    case 'timestamp':
      return constant(expression.kind, convert(expression.value, 'text', expression.kind))
    case 'interval':
      return constant('interval', expression.value, { interval: intervalOf(expression.value) })
    case 'column': {
      const name = columnNamed(expression.name, scope.types) ?? expression.name
      return { type: scope.types.get(name) ?? 'text', at: (row) => row.get(name) ?? null }
    }
    case 'parameter':
      return parameterOf(scope.parameters[expression.path] ?? null)
    case 'unary': {
      if (expression.operator !== 'NOT') return arithmetic(expression, inner)
      const operand = condition(expression.operand)
      return boolean((row) => negated(operand(row)))
    }
    case 'arithmetic':
      return arithmetic(expression, inner)
    case 'chain': {
      const { operator } = expression
      const operands = expression.operands.map((part) => toType(inner(part), operator === '||' ? 'text' : 'boolean'))
      if (operator === '||') {
        return { type: 'text', at: (row) => joined(operands.map((operand) => operand(row))) }
      }
      const decides = operator === 'OR'
      return boolean((row) => {
        const values = operands.map((operand) => operand(row))
        return values.includes(decides) ? decides : values.includes(null) ? null : !decides
      })
    }
    case 'comparison':
    case 'is_distinct':
      return comparisonOf(expression, scope)
    case 'is_null': {
      const operand = inner(expression.operand)
      return boolean((row) => (operand.at(row) === null) !== expression.negated)
    }
    case 'in':
      return inOf(expression, scope)
    case 'between': {
      const [value, low, high] = together([inner(expression.operand), inner(expression.low), inner(expression.high)]) as [At, At, At]
      return boolean((row) => {
        const [one, from, to] = [value(row), low(row), high(row)]
        const both = [ordered(one, from, (order) => order >= 0), ordered(one, to, (order) => order <= 0)]
        const inside = both.includes(false) ? false : both.includes(null) ? null : true
        return expression.negated ? negated(inside) : inside
      })
    }
    case 'like':
      return likeOf(expression, scope)
    case 'case':
      return caseOf(expression, scope)
    case 'cast':
      return { type: expression.type, at: toType(inner(expression.operand), expression.type) }
    case 'call': {
      const called = functionNamed(expression.name)
      if (called === undefined) throw new Error(`no function ${expression.name}`)
      return callOf(called, expression.arguments.map(inner))
    }
    case 'aggregate':
      throw new Error('the reference engine works row by row')
  }
}

const numberOf = (digits: string, whole: boolean): Node =>
  whole ? constant('integer', BigInt(digits), { number: Number(digits) }) : constant('float', Number(digits), { number: Number(digits) })

function parameterOf(value: Json): Node {
  if (value === null) return constant('null', null)
  if (typeof value === 'boolean') return constant('boolean', value)
  if (typeof value === 'string') return constant('text', value, { text: value })
  if (typeof value !== 'number') throw new Error('a parameter is a single value')
  const digits = String(value)
  return numberOf(digits, isInteger(digits.replace(/^-/, ''), digits.startsWith('-')))
}

function templateOf({ parts }: Template, { parameters }: Scope): Node {
  const values = parts.map((part) => ('path' in part ? (parameters[part.path] ?? null) : part.text))
  return values.includes(null) ? constant('null', null) : parameterOf(values.join(''))
}

const negated = (value: Cell): Cell => (value === null ? null : value !== true)
const joined = (texts: readonly Cell[]): Cell => (texts.includes(null) ? null : texts.join(''))

/** Values converted to the type in which they are compared: numbers win over text from the data. */
function together(nodes: readonly Node[]): readonly At[] {
  const common = meetingType(nodes)
  const mixed = () => {
    const others = nodes.filter(({ type }) => type !== 'text')
    const rest = meetingType(others)
    return rest === 'integer' && others.length < nodes.length ? 'float' : rest
  }
  const type = columnType(common === 'mixed' ? mixed() : common)
  return nodes.map((node) => toType(node, type))
}

/** The alternatives of a result, in their common type. */
function alternatives(nodes: readonly Node[]): { readonly type: ColumnType; readonly values: readonly At[] } {
  const type = columnType(meetingType(nodes))
  return { type, values: nodes.map((node) => toType(node, type)) }
}

const ordered = (a: Cell, b: Cell, holds: (order: number) => boolean): boolean | null =>
  a === null || b === null ? null : holds(compare(a, b))

const HOLDS: { readonly [Operator in Comparison['operator']]: (order: number) => boolean } = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

function comparisonOf(expression: Comparison | IsDistinct, scope: Scope): Node {
  const [left, right] = together([nodeOf(expression.left, scope), nodeOf(expression.right, scope)]) as [At, At]
  if (expression.kind === 'comparison') return boolean((row) => ordered(left(row), right(row), HOLDS[expression.operator]))
  return boolean((row) => {
    const [a, b] = [left(row), right(row)]
    const same = a === null || b === null ? a === b : compare(a, b) === 0
    return same === expression.negated
  })
}

function inOf({ operand, items, negated: isNot }: In, scope: Scope): Node {
  const nodes = items.flatMap((item) => {
    const list = item.kind === 'parameter' ? scope.parameters[item.path] : undefined
    return Array.isArray(list) ? list.map((element: Json) => parameterOf(element)) : [nodeOf(item, scope)]
  })
  const [value, ...others] = together([nodeOf(operand, scope), ...nodes]) as [At, ...At[]]
  return boolean((row) => {
    const one = value(row)
    const found = others.map((other) => ordered(one, other(row), HOLDS['=']))
    const among = found.includes(true) ? true : found.includes(null) ? null : false
    return isNot ? negated(among) : among
  })
}

function likeOf({ operand, pattern, escape: character, insensitive, negated: isNot }: Like, scope: Scope): Node {
  const [value, wanted] = [toType(nodeOf(operand, scope), 'text'), toType(nodeOf(pattern, scope), 'text')]
  return boolean((row) => {
    const [text, like] = [value(row), wanted(row)]
    if (text === null || like === null) return null
    const matches = likePattern(String(like), character, insensitive).test(String(text))
    return isNot ? !matches : matches
  })
}

function caseOf({ operand, branches, otherwise }: Case, scope: Scope): Node {
  const { type, values } = alternatives([
    ...branches.map(({ value }) => nodeOf(value, scope)),
    ...(otherwise === null ? [] : [nodeOf(otherwise, scope)]),
  ])
  const last = otherwise === null ? () => null : (values.at(-1) as At)
  const conditions = branches.map(({ when }) => nodeOf(when, scope))
  const [subject, ...compared] = operand === null ? [] : together([nodeOf(operand, scope), ...conditions])
  const holds =
    subject === undefined
      ? conditions.map((node) => toType(node, 'boolean'))
      : compared.map(
          (other): At =>
            (row) =>
              ordered(subject(row), other(row), HOLDS['=']),
        )
  return {
    type,
    at: (row) => {
      const at = holds.findIndex((condition) => condition(row) === true)
      return at < 0 ? last(row) : (values[at] as At)(row)
    },
  }
}
