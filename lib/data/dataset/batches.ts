/** From chunks to batches: how much one task takes. */
import type { Batch, Span } from './plan.ts'

export interface Chunked {
  readonly layout: number
  /** Bytes and records of each chunk; rows are the records without the bad ones. */
  readonly chunks: readonly { readonly bytes: number; readonly records: number; readonly rows: number }[]
}

/** A source up to so much larger than a task's share is still taken whole, because whole files need no copying. */
const SLACK = 1.5

/** Rows of a batch, at most, if its chunks allow it: of each row a task keeps a dozen bytes for each key, and memory is addressed by 32 bits. */
export const MAX_ROWS = 50_000_000

/**
 * Consecutive chunks, in the order of the sources, up to about `target` bytes a batch. A batch holds one layout. Every chunk is in
 * exactly one batch; the batches in order are the dataset in order. A batch has one span of a source: what tells its rows apart is the
 * file they come from.
 */
export function planBatches(sources: readonly Chunked[], target: number): readonly Batch[] {
  const batches: { layout: number; spans: Span[]; bytes: number; rows: number }[] = []
  const open = (layout: number, bytes: number, rows: number) => {
    const last = batches.at(-1)
    if (last !== undefined && last.layout === layout && last.bytes + bytes <= target && last.rows + rows <= MAX_ROWS) return last
    const fresh = { layout, spans: [], bytes: 0, rows: 0 }
    batches.push(fresh)
    return fresh
  }
  sources.forEach(({ layout, chunks }, source) => {
    const total = chunks.reduce((sum, { bytes }) => sum + bytes, 0)
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0)
    const parts = Math.max(total <= target * SLACK ? 1 : Math.ceil(total / target), Math.ceil(rows / MAX_ROWS))
    for (const [first, last] of evenRuns(
      chunks.map(({ bytes }) => bytes),
      parts,
    )) {
      const taken = chunks.slice(first, last + 1)
      const sum = (of: (chunk: (typeof chunks)[number]) => number) => taken.reduce((all, chunk) => all + of(chunk), 0)
      const bytes = sum((chunk) => chunk.bytes)
      const batch = open(
        layout,
        bytes,
        sum((chunk) => chunk.rows),
      )
      const before = batch.spans.at(-1)
      const isMore = before?.source === source
      if (isMore) batch.spans.pop()
      batch.spans.push({
        source,
        first_chunk: isMore ? before.first_chunk : first,
        last_chunk: last,
        records: sum((chunk) => chunk.records) + (isMore ? before.records : 0),
        rows: sum((chunk) => chunk.rows) + (isMore ? before.rows : 0),
      })
      batch.bytes += bytes
      batch.rows += sum((chunk) => chunk.rows)
    }
  })
  return batches
}

/** Runs of consecutive items of about equal weight: at most `parts`, none empty. */
function evenRuns(weights: readonly number[], parts: number): readonly (readonly [number, number])[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const runs: [number, number][] = []
  let [start, before] = [0, 0]
  weights.forEach((weight, at) => {
    const after = before + weight
    const isLast = at === weights.length - 1
    if (isLast || after >= (total * (runs.length + 1)) / parts) {
      runs.push([start, at])
      start = at + 1
    }
    before = after
  })
  return runs
}
