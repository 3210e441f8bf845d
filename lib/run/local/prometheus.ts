/** Metrics of a run as text for Prometheus. Pure. */
import { exposition, type Family } from '#core/text/exposition.ts'
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

interface Metric extends Omit<Family, 'samples'> {
  readonly values: (figures: RunFigures) => readonly (readonly [labels: { readonly [name: string]: string }, value: number])[]
}

const METRICS: { readonly [Name in MetricName]: Metric } = {
  execution_time: {
    name: 'pipeline_duration_seconds',
    type: 'gauge',
    help: 'Seconds from the start of the run to its end.',
    values: ({ seconds }) => [[{}, seconds]],
  },
  success_rate: {
    name: 'pipeline_success_rate',
    type: 'gauge',
    help: 'Share of the ended runs in the store that did not fail.',
    values: ({ successRate }) => [[{}, successRate]],
  },
  data_volume: {
    name: 'data_records_processed',
    type: 'counter',
    help: 'Rows read, written and quarantined by the run.',
    values: ({ rows }) => Object.entries(rows ?? { in: 0, out: 0, quarantined: 0 }).map(([kind, value]) => [{ kind }, value] as const),
  },
  error_count: {
    name: 'pipeline_errors_total',
    type: 'counter',
    help: 'Attempts of tasks that failed.',
    values: ({ errors }) => [[{}, errors]],
  },
  resource_usage: {
    name: 'pipeline_memory_bytes',
    type: 'gauge',
    help: 'Peak memory of the worker processes together.',
    values: ({ memory }) => [[{}, memory]],
  },
}

export const prometheusText = (names: readonly MetricName[], figures: RunFigures): string =>
  exposition(
    names.map((name) => {
      const { values, ...metric } = METRICS[name]
      return {
        ...metric,
        samples: values(figures).map(([labels, value]) => ({ labels: { pipeline: figures.pipeline, ...labels }, value })),
      }
    }),
  )
