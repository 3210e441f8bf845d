/** Parses text to a syntax tree. Only functions are looked up here; check.ts checks columns and types. */
import type { Expression } from './ast.ts'
import { type ExpressionProblem, ExpressionError, fail } from './problem.ts'
import { readExpression } from './operators.ts'
import { isSymbol, peek, type Reading, unexpected } from './token-reader.ts'
import { tokenize } from './tokens.ts'

export interface ParseOptions {
  /** Allows aggregates over a group of rows. */
  readonly aggregates?: boolean
  /** Allows window functions and aggregates over a window that is defined outside the expression. */
  readonly windows?: boolean
}

export type Parsed =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] }

/** The maximum length of an expression, in UTF-16 units. */
export const MAX_LENGTH = 20_000

/**
 * Parses a row expression. The tree is deeply frozen plain JSON. Problems are in source order; parsing stops at the first one that makes
 * the rest unreadable. Never throws for any text.
 */
export function parse(text: string, options: ParseOptions = {}): Parsed {
  const problems: ExpressionProblem[] = []
  try {
    const expression = readWhole(text, options, problems)
    if (problems.length === 0) return { ok: true, expression }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    problems.push(error.problem)
  }
  return { ok: false, problems: problems.sort((one, other) => one.offset - other.offset) }
}

function readWhole(text: string, { aggregates = false, windows = false }: ParseOptions, problems: ExpressionProblem[]): Expression {
  if (text.length > MAX_LENGTH) {
    fail(
      { offset: MAX_LENGTH, length: text.length - MAX_LENGTH },
      `The expression has ${text.length} characters; at most ${MAX_LENGTH} are allowed.`,
      'Compute parts of it in separate columns.',
    )
  }
  const tokens = tokenize(text)
  const reading: Reading = {
    text,
    tokens,
    rules: { aggregates, windows },
    problems,
    depths: new WeakMap(),
    at: 0,
    level: 0,
    aggregate: undefined,
    expression: readExpression,
  }
  const [first] = tokens
  if (first === undefined || first.type === 'end')
    fail({ offset: 0, length: text.length }, 'The expression is empty.', 'Write a value, such as quantity * price.')
  const expression = readExpression(reading)
  if (peek(reading).type !== 'end') unexpected(reading, hintAfter(reading))
  return expression
}

function hintAfter(reading: Reading): string {
  const token = peek(reading)
  if (isSymbol(token, ',')) return 'Remove the comma; an expression is one value.'
  if (isSymbol(token, '(')) return 'Put an operator before the bracket; only a function name may be directly before it.'
  const spaced = token.type === 'word' ? ' Write a name with a space in double quotes.' : ''
  return `Put an operator such as AND, OR, +, || between the values.${spaced}`
}
