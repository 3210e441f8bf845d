/** Our books on a server: which run published what to which table. */
import type { MergeCounts, Output } from '../target.ts'

/** The name of our books beside the tables that we publish to. */
export const LEDGER = '_siftstep_runs'

export interface Stored {
  /** Of a merge. */
  readonly counts: MergeCounts | undefined
  /** Whether the table was created for these rows. */
  readonly created: boolean
}

/** What the books say of a merge. */
export const COUNTS = 'inserted, updated, unchanged'

/** The counts of a row of the books; undefined where the run did not merge. */
export function countsIn([inserted = null, updated = null, unchanged = null]: readonly (string | null)[]): MergeCounts | undefined {
  return updated === null ? undefined : { inserted: Number(inserted), updated: Number(updated), unchanged: Number(unchanged) }
}

/** The columns of the books, in their order; `text` is a type for names. */
export const ledgerColumns = (text: string, quoted: (name: string) => string) =>
  `target ${text} NOT NULL, run ${text} NOT NULL, step ${text} NOT NULL, pipeline ${text} NOT NULL, mode ${text} NOT NULL, ${quoted('rows')} bigint NOT NULL, inserted bigint, updated bigint, unchanged bigint, created boolean NOT NULL, PRIMARY KEY (target, run, step)`

/** The values of a row of the books, as SQL. */
export function ledgerRow(
  table: string,
  { pipeline, run, step, mode, rows }: Pick<Output, 'pipeline' | 'run' | 'step' | 'mode'> & { readonly rows: number },
  { counts, created }: Stored,
  text: (value: string) => string,
): string {
  const numbers = [rows, counts?.inserted ?? 'NULL', counts?.updated ?? 'NULL', counts?.unchanged ?? 'NULL', created]
  return [...[table, run, step, pipeline, mode].map(text), ...numbers].join(', ')
}
