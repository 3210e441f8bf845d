/** Groups chunks into batches, the work of one task. */
import type { Batch, Span } from './plan.ts'

export interface Chunked {
  readonly layout: number
  /** Bytes and records of each chunk; rows are the records without bad ones. */
  readonly chunks: readonly { readonly bytes: number; readonly records: number; readonly rows: number }[]
}

/** A source up to this factor larger than a task's share is still one batch, because whole files need no copying. */
const SLACK = 1.5

/**
 * Maximum rows of a batch, if its chunks allow it: a task keeps about a dozen bytes per row and key, and memory is addressed by 32 bits.
 */
export const MAX_ROWS = 50_000_000

/**
 * Groups consecutive chunks, in the order of the sources, into batches of about `target` bytes. A batch has one layout, and at most one
 * span per source, because its rows are distinguished by their file. Every chunk is in exactly one batch; the batches in order are the
 * dataset in order.
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

/** Splits consecutive items into at most `parts` non-empty runs of about equal weight. */
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
