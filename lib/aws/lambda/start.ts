/** The function that starts runs, behind a queue: `ReportBatchItemFailures` must be on, so that only failed messages are redelivered. */
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { SFNClient } from '@aws-sdk/client-sfn'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { METRICS_NAMESPACE, START_WAIT } from '#core/task/metrics.ts'
import { s3Store } from '#io/store/s3.ts'
import { machineExecutions } from '#run/starts/executions.ts'
import type { StartSettings } from '#run/starts/settings.ts'
import { startRuns, type StartWorld } from '#run/starts/start.ts'
import { entryOf } from '#core/text/record.ts'

/** Variables set by the deployment. */
export const START_ENVIRONMENT = {
  /** The bucket of the store of runs; starts are recorded below `starts/<pipeline>/`. */
  bucket: 'SIFTSTEP_BUCKET',
  /** Name of the pipeline in log lines and metrics. */
  service: 'SIFTSTEP_SERVICE',
  /** The ARN of the machine, or of its alias. */
  machine: 'SIFTSTEP_STATE_MACHINE',
  /** `startSettingsOf` of the definition, as JSON. */
  starts: 'SIFTSTEP_STARTS',
} as const

type Environment = { readonly [name: string]: string | undefined }

export function startWorld(env: Environment, client: Pick<SFNClient, 'send'> = new SFNClient({})): StartWorld {
  const settings = JSON.parse(variable(env, START_ENVIRONMENT.starts)) as StartSettings
  return {
    settings,
    executions: machineExecutions(client, variable(env, START_ENVIRONMENT.machine)),
    store: s3Store({ bucket: variable(env, START_ENVIRONMENT.bucket) }),
    now: () => new Date(),
    log: new Logger({ serviceName: startService(env) }),
  }
}

export const startService = (env: Environment) => variable(env, START_ENVIRONMENT.service)

/** `service` is the one dimension of the metric. */
export function startLambda(service: string, world: StartWorld): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const start = startRuns(world)
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: service })
  return async ({ Records }) => {
    const failed = await start(Records.map(({ messageId, body }) => ({ id: messageId, body })))
    // waiting messages are redelivered again and again, and SQS excludes messages received three times from the age of the oldest
    const sent = Records.flatMap(({ messageId, attributes }) => (failed.includes(messageId) ? [Number(attributes.SentTimestamp)] : []))
    if (sent.length > 0) {
      metrics.addMetric(START_WAIT, MetricUnit.Seconds, Math.max(0, (world.now().getTime() - Math.min(...sent)) / 1000))
      metrics.publishStoredMetrics()
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }
  }
}

function variable(env: Environment, name: string): string {
  const value = entryOf(env, name)
  if (value === undefined || value === '')
    throw new Error(`the function has no environment variable ${name}; deploy it with the CDK app, which sets it`)
  return value
}
