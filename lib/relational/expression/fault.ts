/** Faults: what is wrong in the text of an expression, where, and how to mend it. */
import { nearest as nearestName } from '#core/text/nearest.ts'
import type { Span } from './ast.ts'

/** One mistake. `what` and `hint` are one sentence each; the place is in UTF-16 units of the expression's text. */
export interface Fault extends Span {
  readonly what: string
  readonly hint: string
  /** A text that is not written out stands where only a number has a meaning. */
  readonly textForNumber?: boolean
}

export const fault = ({ offset, length }: Span, what: string, hint: string): Fault => ({ offset, length, what, hint })

/** Thrown inside the parser at a mistake it cannot read past; caught at its edge. */
export class Refusal extends Error {
  readonly fault: Fault

  constructor(found: Fault) {
    super(found.what)
    this.fault = found
  }
}

/** Ends the parse with a fault. */
export function refuse(span: Span, what: string, hint: string): never {
  throw new Refusal(fault(span, what, hint))
}

/** The candidate a word may have been meant for; undefined when none is close, or the word too short or long to tell. */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined =>
  word.length < 3 || word.length > 100 ? undefined : nearestName(word, [...candidates])

/** A list for a sentence, cut where it gets too long to read. */
export function listed(words: readonly string[], most = 12): string {
  return words.length > most ? `${words.slice(0, most).join(', ')} … (${words.length} in all)` : words.join(', ')
}
