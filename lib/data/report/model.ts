/** The quality report as data: `quality-report.json`. The Markdown and HTML pages show the same numbers and no others. */
import type { CataloguedTable } from '#io/catalog/table.ts'
import type { RowAccount } from '#data/ledger/ledger.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { PipelineFacts, StepReport } from '#core/task/task.ts'
import type { RunWarning } from '#data/ledger/warnings.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import type { Quality } from '#data/survey/quality.ts'
import type { Decision } from '#relational/operations/choices.ts'
import type { ChangeExample } from '#data/ledger/segment-file.ts'
import type { Attention } from './attention.ts'
import type { Issue } from '#data/survey/quality.ts'

export interface QualityReport {
  readonly pipeline: PipelineFacts
  readonly run: { readonly id: string; readonly started_at: string; readonly status: RunStatus }
  /** Why the run completed in part although all steps did their work; absent if there is no reason. */
  readonly warnings?: readonly RunWarning[]
  /** What needs a person, most important first. */
  readonly attention: readonly Attention[]
  readonly summary: {
    readonly total_records: number
    readonly processing_seconds: number
    /** Of the output, or of the input if there is no output. Null if nothing was measured. */
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
    /** Findings that were not resolved, with the reason if known. */
    readonly open: readonly (Issue & { readonly why: string })[]
  }
  readonly rows: RowAccount & { readonly equation: string; readonly balanced: boolean }
  /** Completeness is null if it was not measured. */
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
  /** Columns of the output of the last pass, with the columns of the sources they come from and the cells that rules changed. */
  readonly published: readonly {
    readonly name: string
    readonly type: string
    readonly from: readonly string[]
    /** The expression that computed it, which can read columns that were computed before; absent if no expression did. */
    readonly expression?: string
    readonly changed: number
  }[]
  /** Changed cells, up to three of each rule and column. */
  readonly changes: readonly ChangeExample[]
  readonly sample: { readonly rows: number; readonly complete: boolean } | null
  readonly decisions: readonly Decision[]
  readonly notes: readonly string[]
  /** The published output; of several exports the last one, with the earlier ones as `others`. */
  readonly output: (PublishedOutput & { readonly others?: readonly PublishedOutput[] }) | null
  readonly failure: { readonly error: string; readonly cause: string } | null
}

export interface PublishedOutput {
  readonly to: string
  /** Where readers find the list of its files; null where there is none, as for a table. */
  readonly manifest: string | null
  readonly format: string
  readonly files: number
  readonly rows: number
  readonly bytes: number
  /** The table of the Glue catalog that shows it; absent without one. */
  readonly catalog?: CataloguedTable
}

/** partial: the output is published, but a step failed without ending the run, a source was skipped, or there are warnings. */
export type RunStatus = 'succeeded' | 'partial' | 'failed'
