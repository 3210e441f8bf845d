/** Measures the run itself and raises alerts. */
import { evaluateCondition } from '#asl/machine/condition.ts'
import { TaskError } from '#core/errors/errors.ts'
import { seconds as shown } from '#core/text/numbers.ts'
import type { RunArtifacts } from '#data/ledger/artifacts.ts'
import { buildLedger } from '#data/ledger/build.ts'
import type { Usage } from '#io/workspace/context.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { toSeconds } from '#steps/kind/fields.ts'
import { config } from './config.ts'
import { alertProblem } from './metrics.ts'

function metricsOf(artifacts: RunArtifacts, elapsed: number, { memory, retries }: Usage): { readonly [name: string]: number } {
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

export const monitorBehaviour: ControlBehaviour = {
  run: async (settings, context, loadArtifacts) => {
    const { sla_seconds, alerts } = config.parse(settings)
    const elapsed = (context.now().getTime() - Date.parse(context.run.started_at)) / 1000
    const metrics = metricsOf(await loadArtifacts(), elapsed, await context.usage())
    const raised = []
    for (const alert of alerts) {
      // a condition that is a reference was not checked before
      const problem = alertProblem(alert)
      if (problem !== undefined) throw new TaskError('Definition.InvalidSetting', problem.what, { step: context.step, hint: problem.hint })
      if (await evaluateCondition(alert.when, metrics)) raised.push(alert)
    }
    const limit = sla_seconds === undefined ? null : toSeconds(sla_seconds)
    const within = limit === null || elapsed <= limit
    await context.store.write(
      context.workspace.metrics,
      `${JSON.stringify({ metrics, sla_seconds: limit, within_sla: within, alerts: raised }, null, 2)}\n`,
    )
    const sla = limit === null ? `Ran for ${shown(elapsed)}` : within ? 'Performance within SLA' : `Over SLA by ${shown(elapsed - limit)}`
    return {
      result: { alerts: raised.length, within_sla: within },
      report: {
        level: within && raised.length === 0 ? 'ok' : 'warning',
        message: raised.length === 0 ? sla : `${sla}, ${raised.length} ${raised.length === 1 ? 'alert' : 'alerts'}`,
        lines: raised.map(({ name, when, severity }) => ({
          level: severity === 'error' ? ('error' as const) : ('warning' as const),
          text: `${name} (${when})`,
        })),
      },
    }
  },
}
