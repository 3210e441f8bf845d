/** The result of an operation across rows, for the report, the lineage and the ledger. Plain JSON. */
import type { LostValues } from '#data/pass/lost-values.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import type { Decision } from '#relational/operations/choices.ts'
import type { TracedColumn } from '#relational/operations/traced.ts'

export interface ExchangeFile {
  readonly step: string
  /** Key of the dataset it read. */
  readonly dataset: string
  readonly rows_in: number
  readonly rows_out: number
  readonly filtered: number
  /** Rows gained by joins or, below 0, merged into groups: as computed from the operations, not from the output. */
  readonly fan: number
  readonly counts: readonly RuleCount[]
  /** Values that its operations made missing; absent if none can. */
  readonly lost?: readonly LostValues[]
  readonly decisions: readonly Decision[]
  readonly lineage: readonly TracedColumn[]
}
