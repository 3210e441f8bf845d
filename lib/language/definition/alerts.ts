/** Alerts: thresholds as numbers, and what a schema of one of them cannot check. */
import { toSeconds } from '#steps/kind/fields.ts'
import { toShare } from './atoms.ts'
import type { CheckContext } from './check-shape.ts'
import type { Alert } from './definition.ts'
import { report } from './parse-context.ts'
import type { Top } from './schema.ts'

type Given = Top['monitoring']['alerts'][number]

const USUAL: { readonly [Metric in Alert['metric']]: Alert['comparison'] } = {
  failed_runs: 'at_least',
  error_rate: 'greater_than',
  duration: 'greater_than',
  quality_score: 'less_than',
}

export const alertOf = ({ name, metric, threshold, comparison, severity }: Given): Alert => ({
  name,
  metric,
  threshold: numberOf(metric, threshold),
  comparison: comparison ?? USUAL[metric],
  severity,
})

const isShare = (metric: Alert['metric']) => metric === 'error_rate' || metric === 'quality_score'

/** NaN for a threshold that is no number of this metric. */
function numberOf(metric: Alert['metric'], threshold: number | string): number {
  if (metric === 'duration') return toSeconds(threshold)
  if (typeof threshold === 'string') return isShare(metric) && threshold.includes('%') ? toShare(threshold) : Number.NaN
  return isShare(metric) && threshold > 1 ? Number.NaN : threshold
}

const ALLOWED = { share: 'a share: 0.05 or 5%', count: 'a number of runs', time: 'a time: 30min, or seconds' }

/** Names must differ, because they name alarms; a threshold must be of its metric. */
export function checkAlerts(alerts: readonly Given[], context: CheckContext): void {
  for (const [at, { name, metric, threshold }] of alerts.entries()) {
    const place = ['monitoring', 'alerts', at]
    if (Number.isNaN(numberOf(metric, threshold))) {
      const allowed = ALLOWED[isShare(metric) ? 'share' : metric === 'duration' ? 'time' : 'count']
      report(context, 'invalid-value', [...place, 'threshold'], {
        what: `\`threshold\` of a ${metric} alert is ${threshold}`,
        hint: `write ${allowed}`,
      })
    }
    if (alerts.findIndex((other) => other.name === name) < at)
      report(context, 'invalid-value', [...place, 'name'], {
        what: `there is another alert \`${name}\``,
        hint: 'give each alert a name of its own',
      })
  }
}
