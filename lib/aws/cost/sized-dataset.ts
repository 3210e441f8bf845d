/** The dataset for sources of given sizes: its chunks, batches and workers. */
import { planBatches } from '#data/dataset/batches.ts'
import { chooseSizing, type ResourceSettings } from '#data/dataset/sizing.ts'
import type { JsonObject } from '#core/json.ts'

/** The size of a source. */
export interface SourceSize {
  readonly bytes: number
  readonly records: number
}

/** A batch, and its number of sources. */
export interface SizedBatch {
  readonly bytes: number
  readonly sources: number
}

export interface SizedDataset {
  readonly batches: readonly SizedBatch[]
  readonly workers: number
  readonly distributed: boolean
}

/** Figures for the printed estimate. */
export interface SimulatedDataset {
  /** The step that finds it. */
  readonly step: string
  readonly sources: number
  readonly bytes: number
  readonly records: number
  readonly chunks: number
  readonly batches: number
  readonly largest_batch: number
  readonly workers: number
  readonly distributed: boolean
}

/** The dataset for sources of these sizes, with equal chunks. */
export function sizedDataset(
  step: string,
  sources: readonly SourceSize[],
  settings: JsonObject,
): { dataset: SizedDataset; described: SimulatedDataset } {
  const chunkRows = Number((settings['with'] as JsonObject)['chunk_rows'] ?? 10_000)
  const chunked = sources.map(({ bytes, records }) => {
    const count = Math.max(1, Math.ceil(records / chunkRows))
    const rows = (at: number) => Math.min(chunkRows, records - at * chunkRows)
    const chunks = Array.from({ length: count }, (_, at) => ({
      bytes: records === 0 ? bytes : (bytes * rows(at)) / records,
      records: rows(at),
      rows: rows(at),
    }))
    return { layout: 0, chunks }
  })
  const bytes = sum(sources, (source) => source.bytes)
  const resources = settings['resources'] as unknown as ResourceSettings
  const planned = planBatches(chunked, chooseSizing(bytes, resources, 0).task_bytes)
  const batches = planned.map(({ bytes: own, spans }) => ({ bytes: own, sources: spans.length }))
  const { workers, distributed } = chooseSizing(bytes, resources, batches.length)
  return {
    dataset: { batches, workers, distributed },
    described: {
      step,
      sources: sources.length,
      bytes,
      records: sum(sources, ({ records }) => records),
      chunks: sum(chunked, ({ chunks }) => chunks.length),
      batches: batches.length,
      largest_batch: Math.max(0, ...batches.map((batch) => batch.bytes)),
      workers,
      distributed,
    },
  }
}

export const sum = <T>(list: readonly T[], of: (one: T) => number) => list.reduce((all, one) => all + of(one), 0)
