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

/** The counts of a row of the books; undefined where the run did not merge. */
function countsIn([inserted = null, updated = null, unchanged = null]: readonly (string | null)[]): MergeCounts | undefined {
  return updated === null ? undefined : { inserted: Number(inserted), updated: Number(updated), unchanged: Number(unchanged) }
}

/** What the run has published to a table by this step, as the books say; undefined when they do not. */
export async function entryOf(
  { rows }: { rows(sql: string): Promise<readonly (readonly (string | null)[])[]> },
  ledger: string,
  table: string,
  { run, step }: Pick<Output, 'run' | 'step'>,
  text: (value: string) => string,
): Promise<{ readonly counts: MergeCounts | undefined } | undefined> {
  const of = `target = ${text(table)} AND run = ${text(run)} AND step = ${text(step)}`
  const [row] = await rows(`SELECT inserted, updated, unchanged FROM ${ledger} WHERE ${of}`)
  return row === undefined ? undefined : { counts: countsIn(row) }
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
