/** Computes row accounts from the outcomes of a segment's batches: by step, source and chunk. */
import type { Outcome } from '#data/pass/outcome.ts'
import { addRows, NO_ROWS, type RowAccount } from './ledger.ts'

export interface SegmentAccounts {
  readonly rows: RowAccount
  /** Only steps of the segment, in order. */
  readonly steps: readonly { readonly step: string; readonly rows: RowAccount }[]
  readonly sources: ReadonlyMap<number, RowAccount>
  readonly chunks: readonly { readonly source: number; readonly chunk: number; readonly rows: RowAccount }[]
}

const FIELDS = { quarantine: 'quarantined', deduplicate: 'deduplicated', filter: 'filtered' } as const

type Removed = { -readonly [Field in 'quarantined' | 'deduplicated' | 'filtered']: number }

export function segmentAccounts(outcomes: readonly Outcome[], stepIds: readonly string[]): SegmentAccounts {
  const removedByStep = new Map(stepIds.map((step) => [step, { quarantined: 0, deduplicated: 0, filtered: 0 }]))
  const bySource = new Map<number, RowAccount>()
  for (const outcome of outcomes) {
    outcome.sources.forEach(({ source, rows, gained = 0 }, at) => {
      const removed: Removed = { quarantined: 0, deduplicated: 0, filtered: 0 }
      for (const { flag, counts } of outcome.flags) {
        if (flag.fate === 'keep') continue
        const count = counts[at] as number
        removed[FIELDS[flag.fate]] += count
        const step = removedByStep.get(flag.origin.step)
        if (step !== undefined) step[FIELDS[flag.fate]] += count
      }
      const out = rows + gained - removed.quarantined - removed.deduplicated - removed.filtered
      bySource.set(source, addRows(bySource.get(source) ?? NO_ROWS, { ...NO_ROWS, ...removed, in: rows, out, fan: gained }))
    })
  }
  const total = [...bySource.values()].reduce(addRows, NO_ROWS)
  let flowing = total.in
  const steps = stepIds.map((step) => {
    const removed = removedByStep.get(step) as Removed
    const before = flowing
    // what gains rows is the only step of its pass
    flowing += total.fan - removed.quarantined - removed.deduplicated - removed.filtered
    return { step, rows: { ...NO_ROWS, ...removed, in: before, out: flowing, fan: total.fan } }
  })
  return {
    // rows out are counted from the files, not computed from the removed rows
    rows: { ...total, out: outcomes.reduce((sum, { rows_out }) => sum + rows_out, 0) },
    steps,
    sources: bySource,
    chunks: outcomes.flatMap(({ chunks }) =>
      chunks.map(({ source, chunk, ...rows }) => ({ source, chunk, rows: { ...NO_ROWS, ...rows } })),
    ),
  }
}
