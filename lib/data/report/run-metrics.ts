/** The figures of a run by name: what alerts compare, and what later runs compare themselves with. */
import type { RunArtifacts } from '#data/ledger/artifacts.ts'
import { buildLedger } from '#data/ledger/build.ts'
import type { Usage } from '#io/workspace/context.ts'

/** `elapsed` are the seconds since the run started. Bytes and rows are counted, shares are 0 to 1. */
export function runMetrics(
  artifacts: RunArtifacts,
  elapsed: number,
  { memory, share, retries }: Usage,
): { readonly [name: string]: number } {
  const { rows } = buildLedger(artifacts)
  const bytesIn = artifacts.scans.reduce((sum, { plan }) => sum + plan.bytes, 0)
  const last = artifacts.segments.at(-1)?.file
  const after = last?.quality ?? artifacts.facts?.quality
  const failures = artifacts.segments.flatMap(({ file }) =>
    file.steps.map(({ result }) => (typeof result['failed'] === 'number' ? result['failed'] : 0)),
  )
  const per = (amount: number) => (elapsed > 0 ? amount / elapsed : 0)
  return {
    duration_seconds: elapsed,
    rows_in: rows.in,
    rows_out: rows.out,
    rows_quarantined: rows.quarantined,
    rows_deduplicated: rows.deduplicated,
    rows_filtered: rows.filtered,
    bytes_in: bytesIn,
    bytes_out: artifacts.segments.reduce((sum, { file }) => sum + (file.output?.manifest.bytes ?? 0), 0),
    rows_per_second: per(rows.in),
    bytes_per_second: per(bytesIn),
    memory_bytes: memory,
    memory_used: share,
    retries,
    error_rate: rows.in === 0 ? 0 : rows.quarantined / rows.in,
    validation_failures: failures.reduce((sum, failed) => sum + failed, 0),
    quality_score: after?.score ?? 1,
    completeness: after?.completeness ?? 1,
    validity: after?.validity ?? 1,
    uniqueness: after?.uniqueness ?? 1,
    consistency: after?.consistency ?? 1,
    quality_score_before: artifacts.facts?.quality.score ?? after?.score ?? 1,
  }
}
