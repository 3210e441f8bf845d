/** Errors of requests about a run. Callers read the code and the facts, and may use their own text. */
import type { Problem } from '#language/definition/problem.ts'

export type RunErrorFacts =
  | { readonly code: 'no-runs'; readonly store: string }
  | { readonly code: 'unknown-run'; readonly store: string; readonly given: string }
  | { readonly code: 'unknown-pipeline'; readonly store: string; readonly given: string }
  | { readonly code: 'ambiguous-run'; readonly given: string }
  | { readonly code: 'run-taken' | 'run-exists'; readonly run: string }
  | { readonly code: 'backfill-taken'; readonly pipeline: string }
  | { readonly code: 'folder-missing'; readonly run: string; readonly folder: string }
  | { readonly code: 'definition-invalid'; readonly run: string; readonly file: string; readonly problems: readonly Problem[] }
  | { readonly code: 'machine-changed'; readonly run: string; readonly file: string }
  | { readonly code: 'secret-missing'; readonly names: readonly string[] }
  | { readonly code: 'function-missing'; readonly names: readonly string[] }
  | { readonly code: 'function-invalid'; readonly name: string; readonly file: string }
  | { readonly code: 'test-invalid'; readonly name: string }
  | { readonly code: 'file-unreadable'; readonly path: string }
  | { readonly code: 'env-file-invalid'; readonly path: string }
  | { readonly code: 'no-journal' | 'run-removed'; readonly run: string }
  | { readonly code: 'journal-damaged'; readonly path: string }
  | { readonly code: 'input-too-large' }
  /** The run could not start, for the reason in `cause`. */
  | { readonly code: 'store-unusable'; readonly store: string }

export class RunError extends Error {
  override readonly name = 'RunError'
  readonly facts: RunErrorFacts
  readonly hint: string

  constructor(facts: RunErrorFacts, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.facts = facts
    this.hint = hint
  }
}
