/** What an operation across rows leaves behind, for the report, the lineage and the ledger. Plain JSON. */
import type { RuleCount } from '../segment/rule-counts.ts'
import type { Decision } from '../lowering/choices.ts'
import type { TracedColumn } from '../lowering/traced.ts'

export interface ExchangeFile {
  readonly step: string
  /** Key of the dataset it read. */
  readonly dataset: string
  readonly rows_in: number
  readonly rows_out: number
  readonly filtered: number
  readonly counts: readonly RuleCount[]
  readonly decisions: readonly Decision[]
  readonly lineage: readonly TracedColumn[]
}
