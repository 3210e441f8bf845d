/** Faults: what is wrong in the text of an expression, where, and how to mend it. */
import { nearest as nearestName } from '#core/text/nearest.ts'
import type { Span } from './ast.ts'

/** One mistake. `what` and `hint` are one sentence each; the place is in UTF-16 units of the expression's text. */
export interface ExpressionProblem extends Span {
  readonly what: string
  readonly hint: string
  /** A text that is not written out stands where only a number has a meaning. */
  readonly textForNumber?: boolean
}

export const problem = ({ offset, length }: Span, what: string, hint: string): ExpressionProblem => ({ offset, length, what, hint })

/** Thrown inside the parser at a mistake it cannot read past; caught at its edge. */
export class ExpressionError extends Error {
  readonly problem: ExpressionProblem

  constructor(found: ExpressionProblem) {
    super(found.what)
    this.problem = found
  }
}

/** Ends the parse with a fault. */
export function fail(span: Span, what: string, hint: string): never {
  throw new ExpressionError(problem(span, what, hint))
}

/** The candidate a word may have been meant for; undefined when none is close, or the word too short or long to tell. */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined =>
  word.length < 3 || word.length > 100 ? undefined : nearestName(word, [...candidates])

/** A list for a sentence, cut where it gets too long to read. */
export function quotedList(words: readonly string[], most = 12): string {
  return words.length > most ? `${words.slice(0, most).join(', ')} … (${words.length} in all)` : words.join(', ')
}
