/** The state of the parser: the tokens, the problems found so far, and the nesting depth. */
import { children, type Expression, type Span } from './ast.ts'
import type { CallRules } from './calls.ts'
import { type ExpressionProblem, fail } from './problem.ts'
import { outOfPlace } from './slips.ts'
import type { Token } from './tokens.ts'

/** The maximum nesting of brackets, operations and calls. DuckDB binds at most 1,000 levels of SQL, and a call may need a dozen. */
export const MAX_LEVELS = 200
/** A call counts as this many levels. */
export const CALL_LEVELS = 3
/** A product, and a date or timestamp moved by an interval, count as this many. */
export const PRODUCT_LEVELS = 2

export interface Reading {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly rules: CallRules
  /** Problems that did not stop parsing, in the order they were found. */
  readonly problems: ExpressionProblem[]
  /** The nesting depth of each node. */
  readonly depths: WeakMap<Expression, number>
  at: number
  level: number
  /** The name of the aggregate whose arguments are being read. */
  aggregate: string | undefined
  /** Parses a whole expression; set by operators.ts, which the other files are below. */
  readonly expression: (reading: Reading) => Expression
}

/** Words that need quotes to be a column name. */
export const RESERVED: ReadonlySet<string> = new Set(
  'and or not is null true false in between like ilike escape case when then else end'.split(' '),
)

export const peek = (reading: Reading, ahead = 0): Token => {
  const token = reading.tokens[Math.min(reading.at + ahead, reading.tokens.length - 1)]
  if (token === undefined) throw new Error('there is always a last token')
  return token
}

export function take(reading: Reading): Token {
  const token = peek(reading)
  reading.at++
  return token
}

export const isSymbol = (token: Token, ...symbols: readonly string[]) => token.type === 'symbol' && symbols.includes(token.value)
export const isWord = (token: Token, ...words: readonly string[]) => token.type === 'word' && words.includes(token.value.toLowerCase())

/** Takes the next token if it is one of the symbols. */
export function tookSymbol(reading: Reading, ...symbols: readonly string[]): Token | undefined {
  return isSymbol(peek(reading), ...symbols) ? take(reading) : undefined
}

/** Takes the next token if it is one of the words, in any case. */
export function tookWord(reading: Reading, ...words: readonly string[]): Token | undefined {
  return isWord(peek(reading), ...words) ? take(reading) : undefined
}

/** Closes a bracket, or reports the one that is open. */
export function close(reading: Reading, open: Token): Token {
  const found = tookSymbol(reading, ')')
  if (found !== undefined) return found
  const next = peek(reading)
  if (next.type === 'end') fail(open, 'This bracket is not closed.', 'Add a closing ).')
  return unexpected(reading, 'Put a comma between values and an operator between operands, or close the bracket with ).')
}

/** Rejects the next token. */
export function unexpected(reading: Reading, hint: string): never {
  const token = peek(reading)
  const fix = outOfPlace(token, reading.tokens[0])
  if (fix !== undefined) fail(token, fix.what, fix.hint)
  if (token.type === 'end') fail(token, 'The expression is incomplete.', hint)
  if (isSymbol(token, ')')) fail(token, 'This ) has no opening bracket.', 'Remove it, or add a (.')
  const shown = reading.text.slice(token.offset, token.offset + token.length)
  return fail(token, `${shown.length > 40 ? `${shown.slice(0, 40)}…` : shown} is not allowed here.`, hint)
}

/** From the start of one span to the end of another. */
export const between = (start: Span, end: Span): Span => ({ offset: start.offset, length: end.offset + end.length - start.offset })

/** The span from a token to the last one taken. */
export const since = (reading: Reading, start: Span): Span => between(start, peek({ ...reading, at: reading.at - 1 }))

function levelsOf(node: Expression): number {
  if (node.kind === 'call') return CALL_LEVELS
  const heavy = node.kind === 'arithmetic' && (node.operator === '*' || node.left.kind === 'interval' || node.right.kind === 'interval')
  return heavy ? PRODUCT_LEVELS : 1
}

/** Freezes a node and records its depth. */
export function made<Node extends Expression>(reading: Reading, node: Node): Node {
  const depth = levelsOf(node) + Math.max(0, ...children(node).map((child) => reading.depths.get(child) ?? 0))
  if (depth > MAX_LEVELS) failDepth(node)
  reading.depths.set(node, depth)
  for (const value of Object.values(node)) freezeLists(value)
  return Object.freeze(node)
}

/** Runs a reader one bracket level deeper. */
export function deeper<Result>(reading: Reading, start: Span, read: () => Result): Result {
  if (++reading.level > MAX_LEVELS) failDepth(start)
  const result = read()
  reading.level--
  return result
}

function failDepth(span: Span): never {
  fail(
    span,
    `The expression is nested more than ${MAX_LEVELS} levels deep (a call counts as ${CALL_LEVELS}).`,
    'Compute a part of it in a separate column.',
  )
}

/** Freezes the lists of a node and the pairs in them; nodes below are frozen already. */
function freezeLists(value: unknown): void {
  if (!Array.isArray(value)) return
  for (const item of value) Object.freeze(item)
  Object.freeze(value)
}
