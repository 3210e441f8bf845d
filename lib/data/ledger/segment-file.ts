/** The result of a segment, for the report, the lineage and the ledger. Plain JSON. */
import type { RowAccount } from './ledger.ts'
import type { CataloguedTable } from '#io/catalog/table.ts'
import type { Manifest } from '#io/publish/manifest.ts'
import type { ColumnLineage } from '#relational/operations/lowered-pass.ts'
import type { Column } from '#relational/types/types.ts'
import type { StepReport } from '#core/task/task.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import type { Quality } from '#data/survey/quality.ts'
import type { Decision } from '#relational/operations/choices.ts'
import type { Json } from '#core/json.ts'

export interface SegmentFile {
  readonly step: string
  /** Whether later units use its rows: false until its rules are evaluated and its output, if any, is published. */
  readonly standing: boolean
  /** Keys of the dataset it read and of the facts it used. */
  readonly dataset: string
  readonly facts: string | null
  /** The round in which it was settled which rows stay in place of their duplicates. */
  readonly round: number
  readonly accounts: {
    readonly rows: RowAccount
    readonly steps: readonly { readonly step: string; readonly rows: RowAccount }[]
    readonly sources: readonly { readonly source: number; readonly rows: RowAccount }[]
    readonly chunks: readonly { readonly source: number; readonly chunk: number; readonly rows: RowAccount }[]
  }
  readonly steps: readonly SegmentStep[]
  readonly quality: Quality
  readonly columns: readonly Column[]
  readonly lineage: readonly ColumnLineage[]
  readonly decisions: readonly Decision[]
  readonly examples: readonly ChangeExample[]
  /** What it published, and the step that did. */
  readonly output: SegmentOutput | null
}

export interface SegmentOutput {
  readonly step: string
  readonly to: string
  readonly manifest: Manifest
  /** Where readers find the manifest; null where there is none beside the output. */
  readonly manifest_uri: string | null
  /** The table of the Glue catalog that shows it; null without one. Absent in runs of earlier versions. */
  readonly catalog?: CataloguedTable | null
}

/** A cell before and after a rule. */
export interface ChangeExample {
  readonly step: string
  readonly rule: string
  readonly column: string
  readonly before: string | null
  readonly after: string | null
}

export interface SegmentStep {
  readonly id: string
  readonly type: string
  readonly rows: RowAccount | null
  readonly counts: readonly RuleCount[]
  readonly result: { readonly [name: string]: Json }
  readonly report: StepReport
  readonly failing: readonly string[]
  /** What the next run of the pipeline continues from, once this run has published; absent if the step has no state. */
  readonly remember?: Json
  /** The folder to which its quarantined rows are published. */
  readonly quarantine: string | null
}
