/** The syntax tree of a row expression: plain frozen JSON, so that it can be stored in a plan and run by any engine. */
import type { ColumnType } from '#relational/types/types.ts'

/** The position of a node in its source text, in UTF-16 units. */
export interface Span {
  readonly offset: number
  readonly length: number
}

/** `12`, `0.5`, `1e6`: the digits as written, without leading zeros. The sign is a `unary` node. */
export interface NumberLiteral extends Span {
  readonly kind: 'number'
  readonly digits: string
}

export interface TextLiteral extends Span {
  readonly kind: 'text'
  readonly value: string
}

/** `'from {{ inputs.a }} on'`: text that contains parameters. A part is either text or the path of a parameter. */
export interface Template extends Span {
  readonly kind: 'template'
  readonly parts: readonly TemplatePart[]
}
export type TemplatePart = { readonly text: string } | { readonly path: string }

export interface BooleanLiteral extends Span {
  readonly kind: 'boolean'
  readonly value: boolean
}

export interface NullLiteral extends Span {
  readonly kind: 'null'
}

/** `DATE '2024-01-31'`, `TIMESTAMP '2024-01-31 10:00:00'` and `INTERVAL '3 days'`, validated and in canonical form. */
export interface TimeLiteral extends Span {
  readonly kind: 'date' | 'timestamp' | 'interval'
  readonly value: string
}

interface ColumnReference extends Span {
  readonly kind: 'column'
  readonly name: string
}

/** `{{ path }}`: a value known when the run starts. The path is the text between the braces, trimmed but otherwise raw. */
interface Parameter extends Span {
  readonly kind: 'parameter'
  readonly path: string
}

export interface Unary extends Span {
  readonly kind: 'unary'
  readonly operator: '-' | '+' | 'NOT'
  readonly operand: Expression
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>='

export interface Arithmetic extends Span {
  readonly kind: 'arithmetic'
  readonly operator: ArithmeticOperator
  readonly left: Expression
  readonly right: Expression
}

export interface Comparison extends Span {
  readonly kind: 'comparison'
  readonly operator: ComparisonOperator
  readonly left: Expression
  readonly right: Expression
}

/** Two or more operands of one associative operator. An operand is never a chain of the same operator. */
export interface Chain extends Span {
  readonly kind: 'chain'
  readonly operator: 'AND' | 'OR' | '||'
  readonly operands: readonly Expression[]
}

interface IsNull extends Span {
  readonly kind: 'is_null'
  readonly negated: boolean
  readonly operand: Expression
}

export interface IsDistinct extends Span {
  readonly kind: 'is_distinct'
  /** True for IS NOT DISTINCT FROM. */
  readonly negated: boolean
  readonly left: Expression
  readonly right: Expression
}

export interface In extends Span {
  readonly kind: 'in'
  readonly negated: boolean
  readonly operand: Expression
  readonly items: readonly Expression[]
}

export interface Between extends Span {
  readonly kind: 'between'
  readonly negated: boolean
  readonly operand: Expression
  readonly low: Expression
  readonly high: Expression
}

export interface Like extends Span {
  readonly kind: 'like'
  readonly negated: boolean
  /** ILIKE: case is ignored. */
  readonly insensitive: boolean
  readonly operand: Expression
  readonly pattern: Expression
  /** One character, or null when there is no ESCAPE. */
  readonly escape: string | null
}

export interface Case extends Span {
  readonly kind: 'case'
  /** The value compared with each `when`; null if each `when` is a condition. */
  readonly operand: Expression | null
  readonly branches: readonly { readonly when: Expression; readonly value: Expression }[]
  readonly otherwise: Expression | null
}

/** CAST, TRY_CAST and `::`, which mean the same here: a value that cannot be converted becomes NULL. */
interface Cast extends Span {
  readonly kind: 'cast'
  readonly operand: Expression
  readonly type: ColumnType
}

/** A call of a scalar function, by its registered name (not an alias). */
export interface Call extends Span {
  readonly kind: 'call'
  readonly name: string
  readonly arguments: readonly Expression[]
}

/** A call over several rows: of an aggregate over a group (`over: 'group'`), or over a window defined outside the expression. */
export interface Aggregate extends Span {
  readonly kind: 'aggregate'
  readonly over: 'group' | 'window'
  readonly name: string
  readonly distinct: boolean
  /** Empty for count(*). */
  readonly arguments: readonly Expression[]
  readonly filter: Expression | null
}

export type Expression =
  | NumberLiteral
  | TextLiteral
  | Template
  | BooleanLiteral
  | NullLiteral
  | TimeLiteral
  | ColumnReference
  | Parameter
  | Unary
  | Arithmetic
  | Comparison
  | Chain
  | IsNull
  | IsDistinct
  | In
  | Between
  | Like
  | Case
  | Cast
  | Call
  | Aggregate

/** The direct children of an expression, in source order. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'unary':
    case 'is_null':
    case 'cast':
      return [expression.operand]
    case 'arithmetic':
    case 'comparison':
    case 'is_distinct':
      return [expression.left, expression.right]
    case 'chain':
      return expression.operands
    case 'in':
      return [expression.operand, ...expression.items]
    case 'between':
      return [expression.operand, expression.low, expression.high]
    case 'like':
      return [expression.operand, expression.pattern]
    case 'case':
      return [
        ...(expression.operand === null ? [] : [expression.operand]),
        ...expression.branches.flatMap(({ when, value }) => [when, value]),
        ...(expression.otherwise === null ? [] : [expression.otherwise]),
      ]
    case 'call':
      return expression.arguments
    case 'aggregate':
      return expression.filter === null ? expression.arguments : [...expression.arguments, expression.filter]
    default:
      return []
  }
}

/** Whether an expression contains a call over several rows. */
export const hasAggregate = (expression: Expression): boolean => expression.kind === 'aggregate' || children(expression).some(hasAggregate)
