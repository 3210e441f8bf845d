/** What an operation across rows leaves behind, for the report, the lineage and the ledger. Plain JSON. */
import type { RuleCount } from '../steps/behaviour.ts'
import type { Decision } from '../steps/lowering.ts'
import type { TracedColumn } from '../relation/traced.ts'

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
