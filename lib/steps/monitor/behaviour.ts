/** What monitor measures of the run itself, and the alerts it raises. */
import { evaluateCondition } from '../../machine/condition.ts'
import { TaskError } from '../../runtime/errors.ts'
import { nearest } from '../../text/nearest.ts'
import { seconds as shown } from '../../text/numbers.ts'
import type { Gathered } from '../../ledger/gather.ts'
import { buildLedger } from '../../ledger/build.ts'
import type { Usage } from '../../workspace/context.ts'
import type { WholeBehaviour } from '../behaviour.ts'
import { toSeconds } from '../fields.ts'
import { config } from './config.ts'

/** The metrics an alert may name. */
export const METRICS: { readonly [name: string]: string } = {
  duration_seconds: 'Seconds since the run started.',
  rows_in: 'Rows read.',
  rows_out: 'Rows that came out.',
  rows_quarantined: 'Rows set aside.',
  rows_deduplicated: 'Duplicates removed.',
  rows_filtered: 'Rows filtered out.',
  bytes_in: 'Bytes of the sources.',
  bytes_out: 'Bytes published.',
  rows_per_second: 'Rows read for each second.',
  bytes_per_second: 'Bytes read for each second.',
  memory_bytes: 'Largest memory of a task’s process.',
  retries: 'Tasks, and calls of tasks to a service, that were made again.',
  error_rate: 'Share of the rows set aside.',
  validation_failures: 'Rules that were broken.',
  quality_score: 'Score of the output.',
  completeness: 'Completeness of the output.',
  validity: 'Validity of the output.',
  uniqueness: 'Uniqueness of the output.',
  consistency: 'Consistency of the output.',
  quality_score_before: 'Score of the input.',
}

function metricsOf(gathered: Gathered, elapsed: number, { memory, retries }: Usage): { readonly [name: string]: number } {
  const { rows } = buildLedger(gathered)
  const bytesIn = gathered.scans.reduce((sum, { plan }) => sum + plan.bytes, 0)
  const last = gathered.segments.at(-1)?.file
  const after = last?.quality ?? gathered.facts?.quality
  const failures = gathered.segments.flatMap(({ file }) =>
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
    bytes_out: gathered.segments.reduce((sum, { file }) => sum + (file.output?.manifest.bytes ?? 0), 0),
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
    quality_score_before: gathered.facts?.quality.score ?? after?.score ?? 1,
  }
}

export const monitorBehaviour: WholeBehaviour = {
  run: async (settings, context, lookBack) => {
    const { sla_seconds, alerts } = config.parse(settings)
    const elapsed = (context.now().getTime() - Date.parse(context.run.started_at)) / 1000
    const metrics = metricsOf(await lookBack(), elapsed, await context.usage())
    const raised = []
    for (const alert of alerts) {
      const unknown = [...alert.when.matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)]
        .map(([name]) => name)
        .find((name) => METRICS[name] === undefined && !/^(and|or|not|true|false|in)$/.test(name))
      if (unknown !== undefined) {
        const near = nearest(unknown, Object.keys(METRICS))
        throw new TaskError(
          'Definition.InvalidSetting',
          `step ${context.step}: the alert "${alert.name}" names the metric ${unknown}, which there is not`,
          {
            hint: `${near === undefined ? '' : `did you mean ${near}? `}the metrics are ${Object.keys(METRICS).join(', ')}`,
          },
        )
      }
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
