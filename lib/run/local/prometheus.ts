/** Metrics of a run as text, in the format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats. Pure. */
import type { Compiled } from '#language/compiler/compile.ts'

type MetricName = Compiled['definition']['monitoring']['metrics'][number]

export interface RunFigures {
  readonly pipeline: string
  readonly seconds: number
  readonly rows: { readonly in: number; readonly out: number; readonly quarantined: number } | null
  /** Attempts of tasks that failed in this session. */
  readonly errors: number
  /** Share of the runs of the pipeline in the store that did not fail, with this one. */
  readonly successRate: number
  /** Most bytes of memory that the worker processes held together. */
  readonly memory: number
}

interface Metric {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly values: (figures: RunFigures) => readonly (readonly [labels: string, value: number])[]
}

const METRICS: { readonly [Name in MetricName]: Metric } = {
  execution_time: {
    name: 'pipeline_duration_seconds',
    type: 'gauge',
    help: 'Seconds from the start of the run to its end.',
    values: ({ seconds }) => [['', seconds]],
  },
  success_rate: {
    name: 'pipeline_success_rate',
    type: 'gauge',
    help: 'Share of the ended runs in the store that did not fail.',
    values: ({ successRate }) => [['', successRate]],
  },
  data_volume: {
    name: 'data_records_processed',
    type: 'counter',
    help: 'Rows read, written and quarantined by the run.',
    values: ({ rows }) =>
      Object.entries(rows ?? { in: 0, out: 0, quarantined: 0 }).map(([kind, value]) => [`,kind="${kind}"`, value] as const),
  },
  error_count: {
    name: 'pipeline_errors_total',
    type: 'counter',
    help: 'Attempts of tasks that failed.',
    values: ({ errors }) => [['', errors]],
  },
  resource_usage: {
    name: 'pipeline_memory_bytes',
    type: 'gauge',
    help: 'Peak memory of the worker processes together.',
    values: ({ memory }) => [['', memory]],
  },
}

export function prometheusText(names: readonly MetricName[], figures: RunFigures): string {
  return names
    .map((name) => {
      const { name: metric, type, help, values } = METRICS[name]
      const lines = values(figures).map(([labels, value]) => `${metric}{pipeline="${figures.pipeline}"${labels}} ${value}`)
      return [`# HELP ${metric} ${help}`, `# TYPE ${metric} ${type}`, ...lines].join('\n')
    })
    .map((block) => `${block}\n`)
    .join('')
}
