/** What a run on this machine leaves for those who watch it: alerts, metrics as text, and a trace. None of it changes how the run ended. */
import type { Compiled } from '#language/compiler/compile.ts'
import type { RunRecord, StartedRun } from '#data/report/run-record.ts'
import type { Store } from '#io/store/store.ts'
import { writeJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { raisedAlerts } from './alerts.ts'
import type { RunEvent } from './events.ts'
import { prometheusText } from './prometheus.ts'
import { otlpTraces, sendTraces, type TaskSpan } from './traces.ts'

/** A note about the run, without its time. */
export type Note = Omit<Extract<RunEvent, { event: 'note' }>, 'event' | 'at'>

export interface Observed {
  readonly compiled: Pick<Compiled, 'definition' | 'hash'>
  readonly started: StartedRun
  readonly outcome: { readonly record: RunRecord }
  readonly tasks: readonly TaskSpan[]
  /** Milliseconds since 1970: this session. */
  readonly from: number
  readonly to: number
  readonly memory: number
  readonly store: Store
  readonly env: { readonly [name: string]: string | undefined }
  /** Ended runs of the pipeline in the store before this one, and how many of them failed. */
  readonly earlier: () => Promise<{ readonly ended: number; readonly failed: number }>
}

export async function observe(observed: Observed): Promise<readonly Note[]> {
  const { compiled, outcome, store, started } = observed
  const { metrics, tracing, alerts } = compiled.definition.monitoring
  const { record } = outcome
  if (!('rows' in record)) return []
  const failed = record.status === 'failed'
  const rows = record.rows
  const figures = {
    failed_runs: failed ? 1 : 0,
    error_rate: rows === null || rows.in === 0 ? null : rows.quarantined / rows.in,
    duration: record.seconds,
    quality_score: record.score,
  }
  const notes: Note[] = raisedAlerts(alerts, figures).map((alert) => ({
    level: alert.severity === 'info' ? 'ok' : alert.severity === 'warning' ? 'warning' : 'error',
    text: `Alert ${alert.name} (${alert.severity}): ${alert.text}`,
    alert,
  }))
  const keys = workspace(started.id)
  if (metrics.length > 0) {
    const { ended, failed: before } = await observed.earlier()
    const successRate = 1 - (before + (failed ? 1 : 0)) / (ended + 1)
    const text = prometheusText(metrics, {
      pipeline: started.pipeline.id,
      seconds: record.seconds,
      rows: rows === null ? null : { in: rows.in, out: rows.out, quarantined: rows.quarantined },
      errors: observed.tasks.filter(({ error }) => error !== null).length,
      successRate,
      memory: observed.memory,
    })
    notes.push(...(await kept('metrics.prom', () => store.write(keys.prometheus, text))))
  }
  if (tracing !== undefined) {
    const { from, to, tasks, env } = observed
    const error = record.failure === null ? null : `${record.failure.error}: ${record.failure.cause}`
    const { id: run, pipeline } = started
    const parent = env['TRACEPARENT']
    const traces = otlpTraces({ run, pipeline, version: compiled.hash, status: record.status, error, from, to, parent }, tasks)
    notes.push(...(await kept('traces.otlp.json', () => writeJson(store, keys.traces, traces))))
    const unsent = await sendTraces(traces, env)
    if (unsent !== null) notes.push({ level: 'warning', text: `The trace was not sent: ${unsent}; it is in traces.otlp.json of the run` })
  }
  return notes
}

/** A file that cannot be written is a note: the run has ended by then. */
async function kept(name: string, write: () => Promise<void>): Promise<readonly Note[]> {
  return write().then(
    () => [],
    (error: Error) => [{ level: 'warning' as const, text: `${name} could not be written: ${error.message}` }],
  )
}
