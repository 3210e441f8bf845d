/** monitor: measure the run itself and raise alerts. */
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'
import { alertProblem, METRICS } from './metrics.ts'

export const monitor = defineStep({
  kind: 'monitor',
  shape: 'control',
  summary: 'Measure the run itself and raise alerts.',
  description: `Writes \`metrics.json\` beside the run: rows and bytes per second, memory, error rate, the quality metrics, and the counts of every step; then
holds them against \`sla_seconds\` and each alert. An alert never stops a run: it is shown, written down, and counted.
An alert's \`when\` is a comparison of metrics: \`quality_score < 0.95\`, \`duration_seconds > 300\`, \`rows_quarantined > 100 and rows_out > 0\`. The metrics are
${Object.keys(METRICS)
  .map((name) => `\`${name}\``)
  .join(', ')}.`,
  config,
  check: ({ alerts }) =>
    alerts.flatMap((alert, at) => {
      const problem = /\{[{%]/.test(alert.when) ? undefined : alertProblem(alert)
      return problem === undefined ? [] : [{ path: ['alerts', at, 'when'], ...problem }]
    }),
  result: { alerts: 'How many alerts were raised.', within_sla: 'Whether the run was within its time.' },
  examples: [
    {
      title: 'A time limit and an alert',
      yaml: 'id: watch\ntype: monitor\nwith:\n  sla_seconds: 300\n  alerts:\n    - {name: Low quality, when: quality_score < 0.9, severity: error}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).monitorBehaviour,
})
