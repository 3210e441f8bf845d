/** Problems in the text of an expression: what, where, and the fix. */
import { nearest as nearestName } from '#core/text/nearest.ts'
import type { Span } from './ast.ts'

/** One problem. `what` and `hint` are one sentence each; the position is in UTF-16 units of the expression's text. */
export interface ExpressionProblem extends Span {
  readonly what: string
  readonly hint: string
  /** A text that is not a literal is used where only a number makes sense. */
  readonly textForNumber?: boolean
}

export const problem = ({ offset, length }: Span, what: string, hint: string): ExpressionProblem => ({ offset, length, what, hint })

/** Thrown in the parser at a problem that it cannot skip; caught at its entry point. */
export class ExpressionError extends Error {
  readonly problem: ExpressionProblem

  constructor(found: ExpressionProblem) {
    super(found.what)
    this.problem = found
  }
}

/** Stops parsing with a problem. */
export function fail(span: Span, what: string, hint: string): never {
  throw new ExpressionError(problem(span, what, hint))
}

/** The candidate a word was probably meant to be; undefined if none is close, or the word is too short or long. */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined =>
  word.length < 3 || word.length > 100 ? undefined : nearestName(word, [...candidates])

/** A list for a sentence, cut if it is too long. */
export function quotedList(words: readonly string[], most = 12): string {
  return words.length > most ? `${words.slice(0, most).join(', ')} … (${words.length} in all)` : words.join(', ')
}
