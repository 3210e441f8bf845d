/** monitor: measures the run itself and raises alerts. */
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'
import { alertProblem, METRICS } from './metrics.ts'

export const monitor = defineStep({
  kind: 'monitor',
  shape: 'control',
  summary: 'Measure the run itself and raise alerts.',
  description: `Writes \`metrics.json\` to the run folder: rows and bytes per second, memory, error rate, the quality metrics, and the counts of every step. Then
checks them against \`sla_seconds\` and each alert. An alert never stops a run: it is shown, recorded and counted.
An alert's \`when\` is a comparison of metrics: \`quality_score < 0.95\`, \`duration_seconds > 300\`, \`rows_quarantined > 100 and rows_out > 0\`. A number with \`%\` is a share:
\`memory_used > 90%\`. \`row_count outside 3 sigma of last 30 runs\` compares the rows of the output with the mean and the standard deviation of the last runs of the pipeline that
ended well; with fewer than 3 of them it raises nothing and says so. \`row_count\` is \`rows_out\`, \`throughput\` is \`rows_per_second\`. The metrics are
${Object.keys(METRICS)
  .map((name) => `\`${name}\``)
  .join(', ')}.`,
  config,
  check: ({ alerts }) =>
    alerts.flatMap((alert, at) => {
      const problem = /\{[{%]/.test(alert.when) ? undefined : alertProblem(alert)
      return problem === undefined ? [] : [{ path: ['alerts', at, 'when'], ...problem }]
    }),
  result: { alerts: 'Number of alerts raised.', within_sla: 'Whether the run finished within `sla_seconds`.' },
  examples: [
    {
      title: 'A time limit and an alert',
      yaml: 'id: watch\ntype: monitor\nwith:\n  sla_seconds: 300\n  alerts:\n    - {name: Low quality, when: quality_score < 0.9, severity: error}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).monitorBehaviour,
})
