/** Measures the run so far. */
import { buildLedger } from '#data/ledger/build.ts'
import { publishedFiles } from '#data/ledger/published-files.ts'
import { entryOf } from '#core/text/record.ts'
import { runPrefix } from '#io/workspace/workspace.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { config } from './config.ts'
import { FIGURES, type Measured, speedup } from './figures.ts'

export const statsBehaviour: ControlBehaviour = {
  run: async (settings, { run, store, now, usage }, loadArtifacts) => {
    const { show } = config.parse(settings)
    const artifacts = await loadArtifacts()
    const { memory, retries, seconds } = await usage()
    const stored = await store.list(`${runPrefix(run.id)}/`)
    const measured: Measured = {
      elapsed: Math.max(0, (now().getTime() - Date.parse(run.started_at)) / 1000),
      worked: seconds,
      rows: buildLedger(artifacts).rows,
      bytes_in: artifacts.scans.reduce((sum, { plan }) => sum + plan.bytes, 0),
      bytes_out: publishedFiles(artifacts).reduce((sum, file) => sum + file.bytes, 0),
      stored: stored.reduce((sum, { bytes }) => sum + bytes, 0),
      memory,
      retries,
    }
    const { elapsed, worked, rows } = measured
    const lines = show.flatMap((name) => entryOf(FIGURES, name)?.text(measured) ?? [])
    return {
      result: {
        duration_seconds: elapsed,
        rows_in: rows.in,
        rows_out: rows.out,
        rows_quarantined: rows.quarantined,
        speedup: Math.round(speedup(elapsed, worked) * 100) / 100,
        bytes_in: measured.bytes_in,
        bytes_out: measured.bytes_out,
        bytes_stored: measured.stored,
      },
      report: { level: 'ok', message: 'Statistics of the run', lines: lines.map((text) => ({ level: 'ok' as const, text })) },
    }
  },
}
