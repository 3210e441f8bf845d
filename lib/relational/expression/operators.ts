/**
 * Reads operators by precedence, loosest first: OR, AND, NOT, IS, comparisons, BETWEEN IN LIKE, ||, + -, * / %, sign, ::.
 * The order is PostgreSQL's (https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-PRECEDENCE).
 */
import type { ArithmeticOperator, Chain, Comparison, ComparisonOperator, Expression } from './ast.ts'
import { problem, fail } from './problem.ts'
import { readPrimary, readType } from './primary.ts'
import { close, deeper, isSymbol, isWord, made, peek, type Reading, since, take, tookSymbol, tookWord, unexpected } from './token-reader.ts'
import type { Token } from './tokens.ts'
import { entryOf } from '#core/text/record.ts'

export const readExpression = (reading: Reading): Expression => readChain(reading, 'OR', readConjunction)

const readConjunction = (reading: Reading) => readChain(reading, 'AND', readNegation)

/** Operands of one associative operator; a bracketed chain of the same operator is flattened into this one. */
function readChain(reading: Reading, operator: Chain['operator'], operand: (reading: Reading) => Expression): Expression {
  const start = peek(reading)
  const first = operand(reading)
  const operands = [first]
  const took = () => (operator === '||' ? tookSymbol(reading, '||') : tookWord(reading, operator.toLowerCase()))
  const signs: Token[] = []
  for (let sign = took(); sign !== undefined; sign = took()) {
    signs.push(sign)
    operands.push(operand(reading))
  }
  if (operands.length === 1) return first
  if (operator === '||') checkTexts(reading, operands, signs)
  const flat = operands.flatMap((part) => (part.kind === 'chain' && part.operator === operator ? part.operands : [part]))
  return made(reading, { kind: 'chain', operator, operands: flat, ...since(reading, start) })
}

const CONDITIONS: ReadonlySet<Expression['kind']> = new Set(['comparison', 'is_null', 'is_distinct', 'in', 'between', 'like', 'boolean'])
const isCondition = (expression: Expression) =>
  CONDITIONS.has(expression.kind) ||
  (expression.kind === 'unary' && expression.operator === 'NOT') ||
  (expression.kind === 'chain' && expression.operator !== '||')

/** `||` joins text here; in other languages it means "or". */
function checkTexts(reading: Reading, operands: readonly Expression[], signs: readonly Token[]): void {
  const [sign] = signs
  if (sign !== undefined && operands.some(isCondition))
    reading.problems.push(problem(sign, '|| joins texts, but an operand is a condition.', 'Write OR.'))
}

function readNegation(reading: Reading): Expression {
  const token = tookWord(reading, 'not')
  if (token === undefined) return readIs(reading)
  return deeper(reading, token, () => {
    const operand = readNegation(reading)
    return made(reading, { kind: 'unary', operator: 'NOT', operand, ...since(reading, token) })
  })
}

function readIs(reading: Reading): Expression {
  const start = peek(reading)
  let left = readComparison(reading)
  while (tookWord(reading, 'is') !== undefined) {
    const negated = tookWord(reading, 'not') !== undefined
    if (tookWord(reading, 'null') !== undefined) {
      left = made(reading, { kind: 'is_null', negated, operand: left, ...since(reading, start) })
    } else if (tookWord(reading, 'distinct') !== undefined) {
      if (tookWord(reading, 'from') === undefined) fail(peek(reading), 'FROM is missing here.', 'Write a IS DISTINCT FROM b.')
      const right = readComparison(reading)
      left = made(reading, { kind: 'is_distinct', negated, left, right, ...since(reading, start) })
    } else if (isWord(peek(reading), 'true', 'false')) {
      fail(
        peek(reading),
        `IS ${negated ? 'NOT ' : ''}${peek(reading).value.toUpperCase()} is not supported.`,
        'Write the condition itself, or NOT and the condition; coalesce(condition, FALSE) treats missing as false.',
      )
    } else {
      unexpected(reading, 'IS takes NULL, NOT NULL or [NOT] DISTINCT FROM; write = to compare.')
    }
  }
  return left
}

const COMPARISONS: Readonly<Record<string, ComparisonOperator>> = {
  '=': '=',
  '==': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

function readComparison(reading: Reading): Expression {
  const start = peek(reading)
  const left = readMembership(reading)
  const sign = tookSymbol(reading, ...Object.keys(COMPARISONS))
  if (sign === undefined) return left
  const right = readMembership(reading)
  const operator = entryOf(COMPARISONS, sign.value) ?? '='
  if (isSymbol(peek(reading), ...Object.keys(COMPARISONS))) failChained(right, peek(reading), reading)
  checkNull(reading, sign, operator, left, right)
  return made<Comparison>(reading, { kind: 'comparison', operator, left, right, ...since(reading, start) })
}

function failChained(middle: Expression, sign: Token, reading: Reading): never {
  const joined = reading.tokens.find((token) => isSymbol(token, '||') && token.offset > middle.offset && token.offset < sign.offset)
  if (middle.kind === 'chain' && middle.operator === '||' && joined !== undefined)
    fail(joined, '|| joins texts, but its operands are conditions.', 'Write OR.')
  fail(sign, 'Comparisons cannot be chained.', 'Write x > 1 AND x < 5, or x BETWEEN 1 AND 5.')
}

/** Whether NULL itself was written, not an invalid part that is replaced by NULL. */
const isWrittenNull = ({ text }: Reading, { kind, offset, length }: Expression) =>
  kind === 'null' && text.slice(offset, offset + length).toLowerCase() === 'null'

function checkNull(reading: Reading, sign: Token, operator: ComparisonOperator, left: Expression, right: Expression): void {
  if (!isWrittenNull(reading, left) && !isWrittenNull(reading, right)) return
  const hint = operator === '=' ? 'Write IS NULL.' : operator === '<>' ? 'Write IS NOT NULL.' : 'Write IS NULL or IS NOT NULL.'
  reading.problems.push(problem(sign, 'A comparison with NULL is never true.', hint))
}

function readMembership(reading: Reading): Expression {
  const start = peek(reading)
  const operand = readConcatenation(reading)
  const negated = isWord(peek(reading), 'not') && isWord(peek(reading, 1), 'in', 'between', 'like', 'ilike')
  if (negated) take(reading)
  const word = tookWord(reading, 'in', 'between', 'like', 'ilike')
  if (word === undefined) return operand
  if (isWord(word, 'in')) return readIn(reading, start, operand, negated)
  if (isWord(word, 'between')) return readBetween(reading, start, operand, negated)
  const pattern = readConcatenation(reading)
  const escapeCharacter = tookWord(reading, 'escape') === undefined ? null : readEscape(reading, pattern)
  return made(reading, {
    kind: 'like',
    negated,
    insensitive: isWord(word, 'ilike'),
    operand,
    pattern,
    escape: escapeCharacter,
    ...since(reading, operand),
  })
}

function readIn(reading: Reading, start: Token, operand: Expression, negated: boolean): Expression {
  const open = tookSymbol(reading, '(')
  if (open === undefined)
    fail(
      peek(reading),
      'The values after IN must be in brackets.',
      'Write IN (1, 2, 3); a {{ parameter }} that is a list also goes in the brackets.',
    )
  if (isWord(peek(reading), 'select', 'with') && !isSymbol(peek(reading, 1), ',', ')'))
    fail(peek(reading), 'A query is not allowed in an expression.', 'Write the values, or join the other data with the join operation.')
  return deeper(reading, open, () => {
    const items: Expression[] = []
    do items.push(readExpression(reading))
    while (tookSymbol(reading, ',') !== undefined)
    close(reading, open)
    const missing = items.find((item) => isWrittenNull(reading, item))
    if (missing !== undefined)
      reading.problems.push(
        problem(missing, 'NULL in a list matches nothing.', `Write ${negated ? 'AND x IS NOT NULL' : 'OR x IS NULL'} next to the list.`),
      )
    return made(reading, { kind: 'in', negated, operand, items, ...since(reading, start) })
  })
}

function readBetween(reading: Reading, start: Token, operand: Expression, negated: boolean): Expression {
  const low = readConcatenation(reading)
  if (tookWord(reading, 'and') === undefined) fail(peek(reading), 'AND is missing here.', 'Write x BETWEEN low AND high.')
  const high = readConcatenation(reading)
  return made(reading, { kind: 'between', negated, operand, low, high, ...since(reading, start) })
}

/** The one character after ESCAPE. The pattern must be known, because a database fails on one that ends with the escape character. */
function readEscape(reading: Reading, pattern: Expression): string {
  const token = take(reading)
  if (token.type !== 'text' || [...token.value].length !== 1) fail(token, 'ESCAPE takes one character.', "Write ESCAPE '!'.")
  if (!['text', 'parameter', 'template'].includes(pattern.kind))
    fail(
      pattern,
      'With ESCAPE the pattern must be known before the data is read.',
      'Write it as a literal, take it from a {{ parameter }}, or use contains, starts_with, ends_with.',
    )
  if (pattern.kind === 'text' && !escapes(pattern.value, token.value)) {
    reading.problems.push(
      problem(
        pattern,
        `The escape character ${token.value} must be followed by %, _ or itself.`,
        `Write ${token.value}${token.value} for the character.`,
      ),
    )
  }
  return token.value
}

/** Whether every escape character in a LIKE pattern escapes something. */
export function escapes(pattern: string, character: string): boolean {
  const characters = [...pattern]
  for (let at = 0; at < characters.length; at++) {
    if (characters[at] === character && !['%', '_', character].includes(characters[++at] ?? '')) return false
  }
  return true
}

const readConcatenation = (reading: Reading): Expression => readChain(reading, '||', readSum)

const readSum = (reading: Reading) => readArithmetic(reading, ['+', '-'], readProduct)
const readProduct = (reading: Reading) => readArithmetic(reading, ['*', '/', '%'], readSign)

function readArithmetic(reading: Reading, signs: readonly ArithmeticOperator[], operand: (reading: Reading) => Expression): Expression {
  const start = peek(reading)
  let left = operand(reading)
  for (let sign = tookSymbol(reading, ...signs); sign !== undefined; sign = tookSymbol(reading, ...signs)) {
    const right = operand(reading)
    left = made(reading, { kind: 'arithmetic', operator: sign.value as ArithmeticOperator, left, right, ...since(reading, start) })
  }
  return left
}

function readSign(reading: Reading): Expression {
  const token = tookSymbol(reading, '-', '+')
  if (token === undefined) return readPostfix(reading)
  return deeper(reading, token, () => {
    const operand = readSign(reading)
    return made(reading, { kind: 'unary', operator: token.value as '-' | '+', operand, ...since(reading, token) })
  })
}

function readPostfix(reading: Reading): Expression {
  const start = peek(reading)
  let operand = readPrimary(reading)
  while (tookSymbol(reading, '::') !== undefined) {
    const type = readType(reading)
    operand = made(reading, { kind: 'cast', operand, type, ...since(reading, start) })
  }
  return operand
}
