/** The figures of a run that lists of runs show, the same on this machine and on AWS. */
import type { RowAccount } from '#data/ledger/ledger.ts'

export interface RunFigures {
  readonly rows_in: number
  readonly rows_out: number
  readonly quarantined: number
  readonly duplicates: number
  readonly quality_score: number | null
}

/** Null for a run that has not reported its rows. */
export function figuresOf(rows: RowAccount | null | undefined, score: number | null | undefined): RunFigures | null {
  if (rows === null || rows === undefined) return null
  return {
    rows_in: rows.in,
    rows_out: rows.out,
    quarantined: rows.quarantined,
    duplicates: rows.deduplicated,
    quality_score: score ?? null,
  }
}
