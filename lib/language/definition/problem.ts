/** A problem: a mistake of a definition's author, told so that it can be mended. A value, collected, never thrown. */
import { escapeControls } from '#core/text/escape-controls.ts'
import type { ProblemCode } from './problems.ts'

export interface Problem {
  readonly code: ProblemCode
  /** Errors stop the pipeline from being built; warnings do not. */
  readonly level: 'error' | 'warning'
  /** The file as the caller named it, or the flag (`--input chunk_size=abc`) when the mistake stands in no file. */
  readonly file: string
  /** From 1; absent when the mistake stands in no file. */
  readonly line?: number
  /** From 1, in UTF-16 units; absent when the mistake stands in no file. */
  readonly column?: number
  /** The place in the definition, such as `steps.3.with.filter`; empty for the file as a whole. */
  readonly path: string
  readonly what: string
  /** How to mend it. */
  readonly hint: string
}

/** The words of a problem: what is wrong, with the value given; and how to mend it, with what is allowed. */
export interface ProblemText {
  readonly what: string
  readonly hint: string
}

/** Characters of one part that are shown; keys and values of an author's are not longer than people read. */
const MAX_SHOWN = 2000

/** A problem as people read it: one line that editors can jump to, and one with the mend. Nothing an author wrote can act on a terminal. */
export function formatProblem(problem: Problem): string {
  const [file, path, what, hint] = [problem.file, problem.path, problem.what, problem.hint].map((text) => escapeControls(text, MAX_SHOWN))
  const place = problem.line === undefined ? file : `${file}:${problem.line}:${problem.column}`
  const level = problem.level === 'warning' ? 'warning ' : ''
  return `${place} ${level}${problem.code}${path === '' ? '' : ` ${path}`}: ${what}\n  hint: ${hint}`
}

/** Problems in the order of their places; those without a line come last, in the order they were found. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const rank = (problem: Problem) => problem.line ?? Number.POSITIVE_INFINITY
  return [...problems].sort(
    (a, b) => compare(a.file, b.file) || compare(rank(a), rank(b)) || compare(a.column ?? 0, b.column ?? 0) || compare(a.code, b.code),
  )
}

const compare = <T extends string | number>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0)
