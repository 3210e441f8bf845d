/** Examples of cells before and after each rule, from the sample. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { ChangeExample } from './segment-file.ts'
import { lower, nest } from '#relational/operations/to-sql.ts'
import { LAYOUTS } from '#io/formats/layouts.ts'
import type { CellChange } from '#relational/operations/lowered.ts'
import { type LoweredPass, withoutLookups } from '#relational/operations/lowered-pass.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import type { Session } from '#io/duckdb/session.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { openBatch } from '#data/pass/open-batch.ts'
import { type OpenSample, openSample } from '#data/pass/open-sample.ts'

/** Number of examples per rule and column. */
const MAX_EXAMPLES = 3

export async function changeExamples(
  dataset: DatasetPlan,
  pass: LoweredPass,
  counts: ReadonlyMap<string, readonly RuleCount[]>,
  context: TaskContext,
): Promise<readonly ChangeExample[]> {
  const counted = new Set(
    [...counts].flatMap(([step, ruled]) => ruled.flatMap(({ rule, column, cells }) => (cells > 0 ? [keyOf(step, rule, column)] : []))),
  )
  if (counted.size === 0) return []
  const sample = await someRows(dataset, context)
  try {
    const { changes, layers } = lower({ ...withoutLookups(pass), columns: sample.columns })
    const wanted = changes.filter(({ origin, column }) => counted.has(keyOf(origin.step, origin.rule, column)))
    if (wanted.length === 0) return []
    const session = await context.openSession(sample.folders)
    const cells = wanted.flatMap(({ before, after, changed }, at) => [
      `CAST(${before} AS VARCHAR) AS b${at}`,
      `CAST(${after} AS VARCHAR) AS a${at}`,
      `${changed} AS c${at}`,
    ])
    await session.run(`CREATE TEMP TABLE changes AS SELECT ${cells.join(', ')} FROM (${nest(sample.relation, layers)})`)
    return await examplesOf(session, wanted)
  } finally {
    await sample.release()
  }
}

const keyOf = (step: string, rule: string, column: string) => JSON.stringify([step, rule, column])

/** Distinct changes, in the order in which they first occur. */
async function examplesOf(session: Session, wanted: readonly CellChange[]): Promise<readonly ChangeExample[]> {
  const examples: ChangeExample[] = []
  for (const [at, { origin, column }] of wanted.entries()) {
    const rows = await session.rows(
      `SELECT b${at} AS before, a${at} AS after FROM changes WHERE c${at} GROUP BY ALL ORDER BY min(rowid) LIMIT ${MAX_EXAMPLES}`,
    )
    for (const { before, after } of rows)
      examples.push({ step: origin.step, rule: origin.rule, column, before: before as string | null, after: after as string | null })
  }
  return examples
}

/** The sample of text files; of typed files, whose sample would need a full read, the first rows. */
async function someRows(dataset: DatasetPlan, context: TaskContext): Promise<OpenSample> {
  const [first] = dataset.batches
  const layout = dataset.layouts[first?.layout ?? 0]?.layout
  if (first === undefined || layout === undefined || !LAYOUTS[layout].typed) return openSample(dataset, async () => new Set(), context)
  const { relation, columns, folders, release } = await openBatch(dataset, first, context)
  return { relation: `SELECT * FROM (${relation}) LIMIT 20000`, columns, folders, release }
}
