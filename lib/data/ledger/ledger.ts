/**
 * The account of rows. For a run, a source, a step or a chunk: every row that came in came out, or stands in the quarantine or among the
 * duplicates, or was filtered. Operations that make rows out of rows (joins, aggregates) say by how many in `fan`.
 */
import { TaskError } from '#core/errors/errors.ts'

export interface RowAccount {
  readonly in: number
  readonly out: number
  readonly quarantined: number
  readonly deduplicated: number
  readonly filtered: number
  /** Rows gained (positive) or merged into others (negative) by operations across rows; 0 nearly always. */
  readonly fan: number
}

export const NO_ROWS: RowAccount = { in: 0, out: 0, quarantined: 0, deduplicated: 0, filtered: 0, fan: 0 }

export const isBalanced = (rows: RowAccount) => rows.in + rows.fan === rows.out + rows.quarantined + rows.deduplicated + rows.filtered

/** `120,000 in = 119,214 out + 431 quarantined + 355 duplicates`; what is zero is left out. */
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

/** Accounting.Imbalance, naming what does not add up. */
export function assertBalance(rows: RowAccount, what: string): void {
  if (isBalanced(rows)) return
  const surplus = rows.out + rows.quarantined + rows.deduplicated + rows.filtered - rows.in - rows.fan
  throw new TaskError(
    'Accounting.Imbalance',
    `${what}: the rows do not add up: ${equation(rows)} (${Math.abs(surplus)} ${surplus > 0 ? 'too many' : 'missing'})`,
    {
      hint: 'nothing was published; this is a defect of siftstep, please report it with the run folder',
    },
  )
}

/** What `ledger.json` holds. No time and no run id in it, so the same data and definition give the same bytes anywhere. */
export interface Ledger {
  readonly rows: RowAccount
  readonly balanced: boolean
  readonly equation: string
  readonly sources: readonly { readonly source: string; readonly rows: RowAccount; readonly balanced: boolean }[]
  readonly steps: readonly { readonly step: string; readonly rows: RowAccount; readonly balanced: boolean }[]
  readonly chunks: readonly { readonly source: string; readonly chunk: number; readonly rows: RowAccount; readonly balanced: boolean }[]
}
