/**
 * The account of rows of a run, a source, a step or a chunk: every row that came in went out, was quarantined, removed as a duplicate, or
 * filtered. Operations that change the number of rows (joins, aggregates) record the difference in `fan`.
 */
import { TaskError } from '#core/errors/errors.ts'

export interface RowAccount {
  readonly in: number
  readonly out: number
  readonly quarantined: number
  readonly deduplicated: number
  readonly filtered: number
  /** Rows gained (positive) or merged into others (negative) by operations across rows; 0 in most runs. */
  readonly fan: number
}

export const NO_ROWS: RowAccount = { in: 0, out: 0, quarantined: 0, deduplicated: 0, filtered: 0, fan: 0 }

export const isBalanced = (rows: RowAccount) => rows.in + rows.fan === rows.out + rows.quarantined + rows.deduplicated + rows.filtered

/** `120,000 in = 119,214 out + 431 quarantined + 355 duplicates`; zeros are omitted. */
export function equation(rows: RowAccount): string {
  const number = (count: number) => count.toLocaleString('en')
  const terms = [
    `${number(rows.out)} out`,
    ...(rows.quarantined > 0 ? [`${number(rows.quarantined)} quarantined`] : []),
    ...(rows.deduplicated > 0 ? [`${number(rows.deduplicated)} ${rows.deduplicated === 1 ? 'duplicate' : 'duplicates'}`] : []),
    ...(rows.filtered > 0 ? [`${number(rows.filtered)} filtered`] : []),
    ...(rows.fan < 0 ? [`${number(-rows.fan)} merged`] : []),
  ]
  return `${number(rows.in)} in${rows.fan > 0 ? ` + ${number(rows.fan)} gained` : ''} = ${terms.join(' + ')}`
}

export function addRows(a: RowAccount, b: RowAccount): RowAccount {
  return {
    in: a.in + b.in,
    out: a.out + b.out,
    quarantined: a.quarantined + b.quarantined,
    deduplicated: a.deduplicated + b.deduplicated,
    filtered: a.filtered + b.filtered,
    fan: a.fan + b.fan,
  }
}

/** Throws Accounting.Imbalance with the account that does not balance. `step`: the step it is of, if it is not that of the task. */
export function assertBalance(rows: RowAccount, what: string, step?: string): void {
  if (isBalanced(rows)) return
  const surplus = rows.out + rows.quarantined + rows.deduplicated + rows.filtered - rows.in - rows.fan
  throw new TaskError(
    'Accounting.Imbalance',
    `${what}: the rows do not balance: ${equation(rows)} (${Math.abs(surplus)} ${surplus > 0 ? 'too many' : 'missing'})`,
    {
      step,
      hint: 'nothing was published; this is a bug in siftstep: please report it with the run folder',
    },
  )
}

/** The content of `ledger.json`. It has no time and no run id, so the same data and definition give the same bytes everywhere. */
export interface Ledger {
  readonly rows: RowAccount
  readonly balanced: boolean
  readonly equation: string
  readonly sources: readonly { readonly source: string; readonly rows: RowAccount; readonly balanced: boolean }[]
  readonly steps: readonly { readonly step: string; readonly rows: RowAccount; readonly balanced: boolean }[]
  /** Of steps that merged rows by key into a folder: what became of the rows that went out. Absent where none did. */
  readonly merged?: readonly { readonly step: string; readonly inserted: number; readonly updated: number; readonly unchanged: number }[]
  readonly chunks: readonly { readonly source: string; readonly chunk: number; readonly rows: RowAccount; readonly balanced: boolean }[]
}
