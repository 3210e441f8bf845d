/** For each rule of a step, the first row that breaks it and stays in the output. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { type Outcome, sourceNameOf } from '#data/pass/outcome.ts'
import type { BrokenRow } from '#steps/kind/behaviour.ts'

/** Characters of a record that a message shows. */
const MAX_RECORD = 80

export function brokenRows(step: string, { sources }: DatasetPlan, outcomes: readonly Outcome[]): ReadonlyMap<string, BrokenRow> {
  const found = new Map<string, BrokenRow>()
  for (const { violations } of outcomes)
    for (const { step: of, rule, line, value, reason, raw, ...place } of violations) {
      if (of !== step || found.has(rule)) continue
      const shown = value ?? raw.trimEnd()
      found.set(rule, {
        source: sourceNameOf(place, sources),
        line,
        value: shown.length > MAX_RECORD ? `${shown.slice(0, MAX_RECORD)}…` : shown,
        reason,
      })
    }
  return found
}
