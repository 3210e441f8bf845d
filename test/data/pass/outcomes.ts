/** Outcomes of a pass with everything a test does not care about filled in. */
import type { Flag } from '#relational/operations/lowered-pass.ts'
import type { FlagCount, Outcome } from '#data/pass/outcome.ts'

export function anOutcome(more: Partial<Outcome> = {}): Outcome {
  return {
    sources: [{ source: 0, rows: 10 }],
    rows_out: 10,
    flags: [],
    found: [],
    chunks: [],
    cells: 0,
    missing: 0,
    typed_cells: 0,
    typed_missing: 0,
    part: null,
    rows_key: null,
    violations: [],
    latest: {},
    ...more,
  }
}

/** A flag of the rule `r` of the step `s`, with its counts by source. */
export function aCounted(
  counts: readonly number[],
  { step = 's', rule = 'r', ...more }: Partial<Omit<Flag, 'origin'>> & { readonly step?: string; readonly rule?: string } = {},
): FlagCount {
  const flag = { column: 'c', fate: 'keep', counts: 'rows', reason: '', key_set: null, ...more } as const
  return { flag: { origin: { step, rule }, ...flag }, counts }
}
