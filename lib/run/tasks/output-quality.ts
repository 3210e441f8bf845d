/** The four quality metrics, measured on the output of a pass. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { OUTPUT, type Outcome } from '#data/pass/outcome.ts'
import { bucketsFor, readBucket } from '#data/survey/key-file.ts'
import { type Quality, qualityOf } from '#data/survey/quality.ts'
import { findRepeats } from '#data/survey/repeats.ts'
import type { TaskContext } from '#io/workspace/context.ts'

/** Of all batches together. */
export async function outputQuality(
  dataset: DatasetPlan,
  outcomes: readonly Outcome[],
  { store, workspace, step }: TaskContext,
): Promise<Quality> {
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + of(outcome), 0)
  const flagged = (rule: string) =>
    sum(({ flags }) =>
      flags
        .filter(({ flag }) => flag.origin.step === OUTPUT && flag.origin.rule === rule)
        .reduce((all, { counts }) => all + counts.reduce((a, b) => a + b, 0), 0),
    )
  const buckets = bucketsFor(dataset.records)
  let surplus = 0
  for (let bucket = 0; bucket < buckets; bucket++) {
    const loaded = []
    for (const batch of outcomes.keys()) loaded.push(await readBucket(await store.open(workspace.outputKeys(step, batch)), buckets, bucket))
    surplus += findRepeats(loaded, 'first').count
  }
  const rows = sum(({ rows_out }) => rows_out)
  return qualityOf({
    cells: sum(({ cells }) => cells),
    missing: sum(({ missing }) => missing),
    typed: sum(({ typed_cells, typed_missing }) => typed_cells - typed_missing),
    invalid: flagged('doubtful'),
    rows,
    surplus,
    compared: rows,
    unlike: flagged('inconsistent'),
  })
}
