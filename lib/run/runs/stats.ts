/** Statistics of the runs of a pipeline. Pure. */
import type { RegisteredPipeline } from './registered.ts'
import type { RunState, StoredRun } from './list.ts'

/** How many of the newest runs a rate is of. */
export const RECENT = 10

export interface PipelineStats {
  readonly pipeline: string
  readonly name: string
  readonly description: string | null
  /** All runs in the store, with those that failed and those that have not ended. */
  readonly total_executions: number
  /** How many runs are in each state. */
  readonly by_status: { readonly [State in RunState]: number }
  /** The newest runs that came to an end, at most ten: what the following figures are of. */
  readonly recent_executions: number
  /** Percent of them that succeeded; null if there are none. */
  readonly success_rate: number | null
  /** When the newest run ended, or started if it has not ended. */
  readonly last_run: string
  readonly last_status: RunState
  readonly last_success: string | null
  /** Seconds; null if no run ended. */
  readonly processing_time: { readonly last: number; readonly p50: number; readonly p95: number } | null
  /** Of the runs that published. */
  readonly rows: { readonly in: number; readonly out: number; readonly quarantined: number; readonly duplicates: number }
  /** The quality score of the newest run that measured one, and the mean. */
  readonly quality: { readonly last: number; readonly mean: number } | null
}

/** A run that was killed counts as one that did not succeed; one that somebody stopped, or that is running, has no result yet. */
const HAS_RESULT: ReadonlySet<RunState> = new Set(['succeeded', 'partial', 'failed', 'killed'])

export function statsOf({ id, name, runs, declared }: RegisteredPipeline): PipelineStats {
  const recent = runs.filter(({ state }) => HAS_RESULT.has(state)).slice(0, RECENT)
  const ended = recent.flatMap(({ record }) => ('seconds' in record ? [record] : []))
  const scores = ended.flatMap(({ score }) => score ?? [])
  // a run that failed published nothing
  const rows = ended.flatMap((one) => (one.status === 'failed' ? [] : (one.rows ?? [])))
  const sum = (read: (one: (typeof rows)[number]) => number) => rows.reduce((total, one) => total + read(one), 0)
  const [newest] = runs
  if (newest === undefined) throw new Error('a registered pipeline has a run')
  const success = runs.find(({ state }) => state === 'succeeded')
  return {
    pipeline: id,
    name,
    description: declared?.description ?? null,
    total_executions: runs.length,
    by_status: byStatus(runs),
    recent_executions: recent.length,
    success_rate: recent.length === 0 ? null : (recent.filter(({ state }) => state === 'succeeded').length / recent.length) * 100,
    last_run: endOf(newest),
    last_status: newest.state,
    last_success: success === undefined ? null : endOf(success),
    processing_time: timesOf(ended.map(({ seconds }) => seconds)),
    rows: {
      in: sum((one) => one.in),
      out: sum((one) => one.out),
      quarantined: sum((one) => one.quarantined),
      duplicates: sum((one) => one.deduplicated),
    },
    quality: scores[0] === undefined ? null : { last: scores[0], mean: scores.reduce((a, b) => a + b, 0) / scores.length },
  }
}

/** When a run ended; if it has not, when it started. */
const endOf = ({ record }: StoredRun): string => ('finished_at' in record ? record.finished_at : record.started_at)

function byStatus(runs: readonly StoredRun[]): PipelineStats['by_status'] {
  const of = (wanted: RunState) => runs.filter(({ state }) => state === wanted).length
  return {
    succeeded: of('succeeded'),
    partial: of('partial'),
    failed: of('failed'),
    killed: of('killed'),
    interrupted: of('interrupted'),
    running: of('running'),
  }
}

/** Percentiles by the nearest rank: each is the time of a run. */
function timesOf(seconds: readonly number[]): PipelineStats['processing_time'] {
  const [last] = seconds
  if (last === undefined) return null
  const sorted = [...seconds].sort((a, b) => a - b)
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? last
  return { last, p50: rank(0.5), p95: rank(0.95) }
}
