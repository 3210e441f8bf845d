/** Statistics and health of pipelines, for the terminal. Pure. */
import { escapeControls } from '#core/text/escape-controls.ts'
import { count, seconds } from '#core/text/numbers.ts'
import { scoreOf, whole } from '#data/report/figures.ts'
import type { Health } from '#run/runs/health.ts'
import type { RegisteredPipeline } from '#run/runs/registered.ts'
import type { PipelineStats } from '#run/runs/stats.ts'
import { scheduleText } from '#run/starts/schedule-text.ts'

export function statsText(pipelines: readonly RegisteredPipeline[], stats: readonly PipelineStats[]): string {
  return [
    `Registered ${count(pipelines.length, 'workflow')}`,
    ...pipelines.flatMap(({ id, name, declared, unknown }) => [
      '',
      `Workflow: ${id}${name === id ? '' : ` (${escapeControls(name, 80)})`}`,
      ...(declared === null
        ? [`  Description, schedule: unknown (${escapeControls(unknown ?? '', 300)})`]
        : [
            `  Description: ${declared.description === '' ? 'none' : escapeControls(declared.description, 300)}`,
            `  Schedule: ${declared.schedule === null ? 'none' : scheduleText(declared.schedule)}`,
            `  Max Active Runs: ${declared.max_active_runs ?? 'no limit'}`,
          ]),
    ]),
    '',
    'Workflow Statistics:',
    ...stats.flatMap((one) => [`  ${one.pipeline}:`, ...figures(one).map((line) => `    ${line}`)]),
    '',
  ].join('\n')
}

function figures(stats: PipelineStats): readonly string[] {
  const { success_rate, recent_executions, processing_time, rows, quality, by_status } = stats
  const states = Object.entries(by_status).filter(([, own]) => own > 0)
  return [
    `Total Executions: ${whole(stats.total_executions)} (${states.map(([state, own]) => `${whole(own)} ${state}`).join(', ')})`,
    `Recent Executions: ${recent_executions}`,
    `Success Rate: ${success_rate === null ? 'no run has ended' : `${success_rate.toFixed(1)}%`}`,
    `Last Run: ${stats.last_run} (${stats.last_status})`,
    ...(processing_time === null
      ? []
      : [
          `Processing Time: p50 ${seconds(processing_time.p50)}, p95 ${seconds(processing_time.p95)}, last ${seconds(processing_time.last)}`,
          `Rows: ${whole(rows.in)} in, ${whole(rows.out)} out, ${whole(rows.quarantined)} quarantined, ${count(rows.duplicates, 'duplicate')}`,
        ]),
    ...(quality === null ? [] : [`Quality Score: last ${scoreOf(quality.last)}, mean ${scoreOf(quality.mean)}`]),
  ]
}

export function healthText({ alerts, notes }: Health, pipelines: number): string {
  const lines =
    alerts.length > 0
      ? ['WORKFLOW ALERTS:', ...alerts.map(({ message }) => `  - ${message}`)]
      : [`All workflows are healthy (${count(pipelines, 'workflow')})`]
  return `${[...lines, ...notes.map((note) => `note: ${escapeControls(note, 500)}`)].join('\n')}\n`
}
