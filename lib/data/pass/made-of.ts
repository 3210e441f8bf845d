/**
 * Where the rows of a part come from. A run that works in several passes writes parts, which have no lines; each part says which batch it
 * was made of, and which of its rows became which, so that a row of any pass has its place in a source.
 */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { readBytes, readJson } from '#io/workspace/json-store.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { type FlaggedRows, flaggedRows } from './flagged-rows.ts'
import type { FlaggedRow } from './outcome.ts'
import { type OpenBatch, openBatch, type RowOrigin } from './open-batch.ts'
import type { Flag } from '#relational/operations/lowered-pass.ts'

/** The rows of a part in terms of the rows of its batch: all but the removed ones, in order, or one by one. */
export type MadeRows = { readonly removed: readonly number[] } | { readonly each: readonly number[] }

const [REMOVED, EACH] = [0, 1]

/** As bytes: which of the two, then the numbers. Little-endian. */
export function encodeMadeRows(rows: MadeRows): Uint8Array {
  const words = 'removed' in rows ? [REMOVED, ...rows.removed] : [EACH, ...rows.each]
  return new Uint8Array(Uint32Array.from(words as readonly number[]).buffer)
}

/** The row of the batch that a row of the part was made of. */
function rowBefore(bytes: Uint8Array): (row: number) => number {
  const [what, ...numbers] = new Uint32Array(bytes.slice().buffer)
  if (what === EACH) return (row) => numbers[row] as number
  return (row) => {
    // the number of removed rows before it: each of them moved it up by one
    let [low, high] = [0, numbers.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((numbers[middle] as number) - middle <= row) low = middle + 1
      else high = middle
    }
    return row + low
  }
}

interface Traced {
  readonly dataset: DatasetPlan
  origin(row: number): RowOrigin
  release(): Promise<void>
}

/** The batch of sources that a batch of parts was made of; null if it is one of sources, or of an operation across rows. */
async function traced(dataset: DatasetPlan, batch: number, context: TaskContext): Promise<Traced | null> {
  const steps: ((row: number) => number)[] = []
  let [plan, at] = [dataset, batch]
  for (;;) {
    const [span] = plan.batches[at]?.spans ?? []
    const made = span === undefined ? undefined : plan.sources[span.source]?.made_of
    if (made === undefined) break
    steps.push(rowBefore(await readBytes(context.store, made.rows)))
    plan = await readJson<DatasetPlan>(context.store, made.dataset)
    at = made.batch
  }
  const found = plan.batches[at]
  if (steps.length === 0 || found === undefined) return null
  const opened = await openBatch(plan, found, context)
  return {
    dataset: plan,
    origin: (row) => opened.origin(steps.reduce((one, before) => before(one), row)),
    release: opened.release,
  }
}

/** The flagged rows of a batch, each with its place in the sources that were read. */
export async function* placedRows(
  dataset: DatasetPlan,
  batch: number,
  opened: Pick<OpenBatch, 'origin'>,
  flags: readonly Flag[],
  rows: readonly FlaggedRows[],
  context: TaskContext,
): AsyncGenerator<FlaggedRow> {
  const before = rows.length === 0 ? null : await traced(dataset, batch, context)
  if (before === null) {
    yield* flaggedRows(dataset, opened, flags, rows, context)
    return
  }
  try {
    for await (const row of flaggedRows(before.dataset, before, flags, rows, context))
      yield { ...row, name: before.dataset.sources[row.source]?.name ?? '' }
  } finally {
    await before.release()
  }
}

/** The places of rows of a batch as `source:line`, for messages; a row of which none is known is not in the answer. */
export async function placesOf(
  dataset: DatasetPlan,
  batch: number,
  opened: Pick<OpenBatch, 'origin'>,
  rows: readonly number[],
  context: TaskContext,
): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>()
  const wanted = rows.map((row): FlaggedRows => ({ row, flags: [], fate: 'keep' }))
  for await (const { row, name, source, line } of placedRows(dataset, batch, opened, [], wanted, context))
    if (line > 0) found.set(row, `${name ?? dataset.sources[source]?.name}:${line}`)
  return found
}
