/** Prints a syntax tree as canonical text: upper-case keywords, registered names, brackets only where precedence requires them. */
import type { Expression, TemplatePart } from './ast.ts'
import { RESERVED } from './token-reader.ts'
import { BARE_NAME } from './tokens.ts'
import { entryOf } from '#core/text/record.ts'

/** Words that are valid names but have another meaning in some positions. */
const QUOTED_WORDS: ReadonlySet<string> = new Set([
  ...RESERVED,
  ...'cast try_cast date timestamp interval distinct filter select'.split(' '),
])

/** The binding strength of each expression; an operand weaker than its operator requires gets brackets. */
const STRENGTH: Readonly<Record<string, number>> = {
  OR: 1,
  AND: 2,
  NOT: 3,
  IS: 4,
  '=': 5,
  IN: 6,
  '||': 7,
  '+': 8,
  '-': 8,
  '*': 9,
  '/': 9,
  '%': 9,
  sign: 10,
  '::': 11,
}
const WHOLE = 12
const strength = (operator: string) => entryOf(STRENGTH, operator) ?? WHOLE

function strengthOf(expression: Expression): number {
  switch (expression.kind) {
    case 'chain':
    case 'arithmetic':
      return strength(expression.operator)
    case 'unary':
      return strength(expression.operator === 'NOT' ? 'NOT' : 'sign')
    case 'is_null':
    case 'is_distinct':
      return strength('IS')
    case 'comparison':
      return strength('=')
    case 'in':
    case 'between':
    case 'like':
      return strength('IN')
    default:
      return WHOLE
  }
}

/** The canonical text of an expression. Parsing it with the same options gives the same tree except for positions. */
export const print = (expression: Expression): string => printed(expression, 0)

/** `least` is the strength that the surrounding operator requires. */
function printed(expression: Expression, least: number): string {
  const text = textOf(expression)
  return strengthOf(expression) < least ? `(${text})` : text
}

const list = (expressions: readonly Expression[]) => expressions.map(print).join(', ')
const not = (negated: boolean) => (negated ? 'NOT ' : '')

function textOf(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return expression.digits
    case 'text':
      return quoted(expression.value)
    case 'template':
      return quoted(expression.parts.map(partText).join(''))
    case 'boolean':
      return expression.value ? 'TRUE' : 'FALSE'
    case 'null':
      return 'NULL'
    case 'date':
    case 'timestamp':
    case 'interval':
      return `${expression.kind.toUpperCase()} ${quoted(expression.value)}`
    case 'column':
      return printName(expression.name)
    case 'parameter':
      return `{{ ${expression.path} }}`
    case 'cast':
      return `CAST(${print(expression.operand)} AS ${expression.type})`
    case 'call':
      return `${expression.name}(${list(expression.arguments)})`
    case 'aggregate': {
      const count = expression.name === 'count' && expression.arguments.length === 0
      const filter = expression.filter === null ? '' : ` FILTER (WHERE ${print(expression.filter)})`
      return `${expression.name}(${expression.distinct ? 'DISTINCT ' : ''}${count ? '*' : list(expression.arguments)})${filter}`
    }
    case 'case': {
      const branches = expression.branches.map(({ when, value }) => ` WHEN ${print(when)} THEN ${print(value)}`).join('')
      const otherwise = expression.otherwise === null ? '' : ` ELSE ${print(expression.otherwise)}`
      return `CASE${expression.operand === null ? '' : ` ${print(expression.operand)}`}${branches}${otherwise} END`
    }
    default:
      return operationText(expression)
  }
}

function operationText(
  expression: Exclude<
    Expression,
    {
      kind:
        | 'number'
        | 'text'
        | 'template'
        | 'boolean'
        | 'null'
        | 'date'
        | 'timestamp'
        | 'interval'
        | 'column'
        | 'parameter'
        | 'cast'
        | 'call'
        | 'aggregate'
        | 'case'
    }
  >,
): string {
  const own = strengthOf(expression)
  switch (expression.kind) {
    case 'unary':
      return expression.operator === 'NOT'
        ? `NOT ${printed(expression.operand, own)}`
        : signed(expression.operator, printed(expression.operand, own))
    case 'arithmetic':
      return `${printed(expression.left, own)} ${expression.operator} ${printed(expression.right, own + 1)}`
    case 'comparison':
      return `${printed(expression.left, own + 1)} ${expression.operator} ${printed(expression.right, own + 1)}`
    case 'chain':
      return expression.operands.map((operand) => printed(operand, own + 1)).join(` ${expression.operator} `)
    case 'is_null':
      return `${printed(expression.operand, own)} IS ${not(expression.negated)}NULL`
    case 'is_distinct':
      return `${printed(expression.left, own)} IS ${not(expression.negated)}DISTINCT FROM ${printed(expression.right, own + 1)}`
    case 'in':
      return `${printed(expression.operand, own + 1)} ${not(expression.negated)}IN (${list(expression.items)})`
    case 'between':
      return `${printed(expression.operand, own + 1)} ${not(expression.negated)}BETWEEN ${printed(expression.low, own + 1)} AND ${printed(expression.high, own + 1)}`
    case 'like': {
      const end = expression.escape === null ? '' : ` ESCAPE ${quoted(expression.escape)}`
      return `${printed(expression.operand, own + 1)} ${not(expression.negated)}${expression.insensitive ? 'ILIKE' : 'LIKE'} ${printed(expression.pattern, own + 1)}${end}`
    }
  }
}

/** Two signs must not be adjacent: `--` starts a comment in other languages. */
const signed = (sign: string, operand: string) => (operand.startsWith(sign) ? `${sign} ${operand}` : `${sign}${operand}`)
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
const partText = (part: TemplatePart) => ('path' in part ? `{{ ${part.path} }}` : part.text)

/** A column's name as written in an expression: bare if possible, otherwise in double quotes. */
export function printName(name: string): string {
  BARE_NAME.lastIndex = 0
  const bare = BARE_NAME.exec(name)?.[0] === name && !QUOTED_WORDS.has(name.toLowerCase())
  return bare ? name : `"${name.replaceAll('"', '""')}"`
}
