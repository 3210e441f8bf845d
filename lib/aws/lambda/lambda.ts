/**
 * The handler as a Lambda: adds to every task a structured log line with run, step and chunk, and metrics in CloudWatch's embedded
 * format. The handler runs the tasks; this file knows none of them.
 */
import { createHash } from 'node:crypto'
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Context } from 'aws-lambda'
import type { RowAccount } from '#data/ledger/ledger.ts'
import type { Json } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'
import { formatCause } from '#core/errors/failure.ts'
import { type HandlerWorld, handle } from '#run/tasks/handler.ts'
import { METRICS_NAMESPACE, retriesSoFar, type TaskMetric } from '#core/task/metrics.ts'
import type { TaskEvent, TaskResult } from '#core/task/task.ts'

export type TaskLambda = (event: TaskEvent, context: Context) => Promise<TaskResult>

/**
 * `service` is the id of the pipeline: the only dimension of its metrics, because each further dimension is billed as a metric. `sampling` is the share
 * of runs whose lines below WARN are logged.
 */
export function taskLambda(service: string, world: HandlerWorld, sampling = 1): TaskLambda {
  const logger = new Logger({ serviceName: service })
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: service })
  return async (event, context) => {
    const { task, run, step, item } = event
    const attempt = event.attempt ?? 0
    logger.resetKeys()
    logger.addContext(context)
    const named = { run: run.id, step, task, ...(item === undefined ? {} : { chunk: item }) }
    logger.appendKeys({ ...named, attempt })
    for (const [key, value] of Object.entries(named)) metrics.addMetadata(key, String(value))
    const measure = (name: TaskMetric, unit: Measured['unit'], value: number) => metrics.addMetric(name, unit, value)
    measure('TaskRetries', MetricUnit.Count, attempt > 0 ? 1 : 0)
    const began = performance.now()
    const retriesBefore = retriesSoFar()
    const seconds = () => (performance.now() - began) / 1000
    const isLogged = isSampled(run.id, sampling)
    if (isLogged) logger.debug('task started')
    try {
      const result = await handle(event, world)
      if (isLogged)
        logger.info('task done', { seconds: seconds(), ...(result['rows_in'] === undefined ? {} : { rows: result['rows_in'] }) })
      for (const { name, unit, value } of measured(result)) measure(name, unit, value)
      measure('TaskErrors', MetricUnit.Count, 0)
      return result
    } catch (error) {
      logger.error('task failed', {
        seconds: seconds(),
        error: error as Error,
        hint: error instanceof TaskError ? (error.hint ?? null) : null,
      })
      measure('TaskErrors', MetricUnit.Count, 1)
      throw asAnswer(error)
    } finally {
      measure('TaskSeconds', MetricUnit.Seconds, seconds())
      measure('CallRetries', MetricUnit.Count, retriesSoFar() - retriesBefore)
      metrics.publishStoredMetrics()
    }
  }
}

/** All lines of a run are logged, or none: by its id, evenly. */
const isSampled = (run: string, share: number): boolean => createHash('sha256').update(run).digest().readUInt32BE(0) < share * 2 ** 32

interface Measured {
  readonly name: TaskMetric
  readonly unit: (typeof MetricUnit)[keyof typeof MetricUnit]
  readonly value: number
}

/** Row metrics of a result: rows that a task read; for the last task, the row counts and the quality score. */
function measured({ rows_in: read, rows, score, status }: TaskResult): readonly Measured[] {
  const count = (name: TaskMetric, value: Json | undefined): Measured[] =>
    typeof value === 'number' ? [{ name, unit: MetricUnit.Count, value }] : []
  const account = isAccount(rows) ? rows : undefined
  return [
    ...count('TaskRows', read),
    ...(account === undefined
      ? []
      : [
          ...count('RowsIn', account.in),
          ...count('RowsOut', account.out),
          ...count('RowsQuarantined', account.quarantined),
          { name: 'ErrorRate' as const, unit: MetricUnit.NoUnit, value: account.in === 0 ? 0 : account.quarantined / account.in },
          ...count('RunsInPart', status === 'partial' ? 1 : 0),
          ...(typeof score === 'number' ? [{ name: 'QualityScore' as const, unit: MetricUnit.NoUnit, value: score }] : []),
        ]),
  ]
}

function isAccount(rows: Json | undefined): rows is Json & RowAccount {
  return rows !== null && typeof rows === 'object' && 'in' in rows && 'quarantined' in rows
}

/** The machine carries the name of an error and one text, so the fix is part of the text; the stack trace is in the log. */
function asAnswer(error: unknown): Error {
  const answer = new Error(formatCause(error as Error))
  answer.name = (error as Error).name
  answer.stack = ''
  return answer
}
