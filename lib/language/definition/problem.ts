/** A problem: a mistake in a definition. A value that is collected, never thrown. */
import { escapeControls } from '#core/text/escape-controls.ts'
import type { ProblemCode } from './problems.ts'

export interface Problem {
  readonly code: ProblemCode
  /** Errors stop the pipeline from being built; warnings do not. */
  readonly level: 'error' | 'warning'
  /** The file as the caller named it, or the flag (`--input chunk_size=abc`) if the mistake is not in a file. */
  readonly file: string
  /** From 1; absent if the mistake is not in a file. */
  readonly line?: number
  /** From 1, in UTF-16 units; absent if the mistake is not in a file. */
  readonly column?: number
  /** The path in the definition, such as `steps.3.with.filter`; empty for the whole file. */
  readonly path: string
  readonly what: string
  /** How to fix it. */
  readonly hint: string
}

/** The text of a problem: what is wrong, with the value given; and how to fix it, with what is allowed. */
export interface ProblemText {
  readonly what: string
  readonly hint: string
}

/** Characters shown of each part; keys and values of authors are rarely longer. */
const MAX_SHOWN = 2000

/** Formats a problem: a line that editors can jump to, and a line with the fix. Control characters are escaped. */
export function formatProblem(problem: Problem): string {
  const [file, path, what, hint] = [problem.file, problem.path, problem.what, problem.hint].map((text) => escapeControls(text, MAX_SHOWN))
  const place = problem.line === undefined ? file : `${file}:${problem.line}:${problem.column}`
  const level = problem.level === 'warning' ? 'warning ' : ''
  return `${place} ${level}${problem.code}${path === '' ? '' : ` ${path}`}: ${what}\n  hint: ${hint}`
}

/** Sorts problems by place; those without a line come last, in the order found. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const rank = (problem: Problem) => problem.line ?? Number.POSITIVE_INFINITY
  return [...problems].sort(
    (a, b) => compare(a.file, b.file) || compare(rank(a), rank(b)) || compare(a.column ?? 0, b.column ?? 0) || compare(a.code, b.code),
  )
}

/** Each problem once: steps that come from one step of the author have the same. */
export const distinctProblems = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map((problem) => [`${problem.path} ${problem.what}`, problem])).values(),
]

const compare = <T extends string | number>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0)
