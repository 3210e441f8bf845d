/** The quality report as data: `quality-report.json`; the Markdown and HTML pages show the same numbers and no others. */
import type { RowAccount } from '#data/ledger/ledger.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { StepReport } from '#core/task/task.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import type { Quality } from '#data/survey/quality.ts'
import type { Decision } from '#relational/operations/choices.ts'
import type { Issue } from '#data/survey/quality.ts'

export interface QualityReport {
  readonly pipeline: { readonly id: string; readonly name: string }
  readonly run: { readonly id: string; readonly started_at: string; readonly status: RunStatus }
  readonly summary: {
    readonly total_records: number
    readonly processing_seconds: number
    /** Of the output; of the input when nothing came out. Null when nothing was measured. */
    readonly quality_score: number | null
  }
  readonly before: Quality | null
  readonly after: Quality | null
  /** Weight of each metric in the score. */
  readonly weights: { readonly [metric: string]: number }
  readonly issues_resolved: {
    readonly missing_values_imputed: number
    readonly duplicates_removed: number
    readonly format_standardized: number
    readonly outliers_handled: number
  }
  readonly issues: {
    readonly found: number
    readonly fixed: number
    /** Findings nobody resolved, with the reason where one is known. */
    readonly open: readonly (Issue & { readonly why: string })[]
  }
  readonly rows: RowAccount & { readonly equation: string; readonly balanced: boolean }
  /** Completeness is null where nobody measured it. */
  readonly sources: readonly {
    readonly name: string
    readonly rows: number
    readonly bad: number
    readonly completeness: number | null
    readonly issues: number
  }[]
  readonly steps: readonly {
    readonly id: string
    readonly type: string
    readonly report: StepReport
    readonly rows: RowAccount | null
    readonly counts: readonly RuleCount[]
  }[]
  readonly columns: readonly ColumnFacts[]
  readonly sample: { readonly rows: number; readonly complete: boolean } | null
  readonly decisions: readonly Decision[]
  readonly notes: readonly string[]
  /** What was published; the last export's, with those before it as `others`. */
  readonly output: (PublishedOutput & { readonly others?: readonly PublishedOutput[] }) | null
  readonly failure: { readonly error: string; readonly cause: string } | null
}

export interface PublishedOutput {
  readonly to: string
  readonly format: string
  readonly files: number
  readonly rows: number
  readonly bytes: number
}

/** partial: the output stands, but a step failed that the run went on without, or a source was left out. */
export type RunStatus = 'succeeded' | 'partial' | 'failed'
