/** Maps a row of a batch to the record of its source. */
import type { Inspection } from '#io/formats/source.ts'
import type { DatasetPlan } from './plan.ts'

/** The source and record of a row, counted from 0 in its batch; bad records are not rows and are skipped. */
export async function recordOf(
  plan: Pick<DatasetPlan, 'batches'>,
  batch: number,
  row: number,
  inspectionOf: (source: number) => Promise<Pick<Inspection, 'chunks' | 'bad'>>,
): Promise<{ source: number; record: number }> {
  let first = 0
  for (const { source, first_chunk, rows } of plan.batches[batch]?.spans ?? []) {
    if (row < first + rows) {
      const { chunks, bad } = await inspectionOf(source)
      return { source, record: nthGood(chunks[first_chunk]?.first ?? 1, row - first, bad) }
    }
    first += rows
  }
  throw new Error(`batch ${batch} has no row ${row}`)
}

/** The nth good record (from 0) at or after `start`. */
function nthGood(start: number, n: number, bad: readonly { readonly record: number }[]): number {
  let record = start + n
  for (const { record: skipped } of bad) {
    if (skipped < start) continue
    if (skipped > record) break
    record++
  }
  return record
}
