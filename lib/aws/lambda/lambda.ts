/**
 * The handler as a Lambda: around every task a structured log line with run, step and chunk, and metrics in CloudWatch's embedded
 * format. What a task does is the handler's matter; nothing here knows a task.
 */
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

/** `service` is the pipeline's id: the one dimension of all its metrics, because each further one is paid for as a metric of its own. */
export function taskLambda(service: string, world: HandlerWorld): TaskLambda {
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
    logger.debug('task begins')
    try {
      const result = await handle(event, world)
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

interface Measured {
  readonly name: TaskMetric
  readonly unit: (typeof MetricUnit)[keyof typeof MetricUnit]
  readonly value: number
}

/** What a result says of rows: those a task read, or, of the task that ends a run, what came of all of them, and how good they are. */
function measured({ rows_in: read, rows, score }: TaskResult): readonly Measured[] {
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
          ...(typeof score === 'number' ? [{ name: 'QualityScore' as const, unit: MetricUnit.NoUnit, value: score }] : []),
        ]),
  ]
}

function isAccount(rows: Json | undefined): rows is Json & RowAccount {
  return rows !== null && typeof rows === 'object' && 'in' in rows && 'quarantined' in rows
}

/** The machine carries an error's name and one text, so the mend travels with what is to be mended; where in our code it was thrown stands in the log. */
function asAnswer(error: unknown): Error {
  const answer = new Error(formatCause(error as Error))
  answer.name = (error as Error).name
  answer.stack = ''
  return answer
}
