/** What a segment leaves behind as a whole, for the report, the lineage and the ledger. Plain JSON. */
import type { RowAccount } from './ledger.ts'
import type { Manifest } from '#io/publish/manifest.ts'
import type { LoweredColumn } from '#relational/operations/lowered.ts'
import type { Column } from '#relational/types/types.ts'
import type { StepReport } from '#core/task/task.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import type { Quality } from '#data/survey/quality.ts'
import type { Decision } from '#relational/operations/choices.ts'
import type { Json } from '#core/json.ts'

export interface SegmentFile {
  readonly step: string
  /** Whether its rows went on: not before they are judged and, where they are to be, published. */
  readonly standing: boolean
  /** Keys of the dataset it read and the facts it worked by. */
  readonly dataset: string
  readonly facts: string | null
  /** In which round it was settled which rows stay in place of their duplicates. */
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
  readonly lineage: readonly Omit<LoweredColumn, 'sql' | 'values'>[]
  readonly decisions: readonly Decision[]
  readonly examples: readonly ChangeExample[]
  readonly output: { readonly to: string; readonly manifest: Manifest } | null
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
  /** What the next run of the pipeline continues from, once this one has published; absent where the step remembers nothing. */
  readonly remember?: Json
  /** The folder its quarantined rows are to be published to. */
  readonly quarantine: string | null
}
