/** The function that starts runs, behind a queue: `ReportBatchItemFailures` must be on, so that only what failed is told again. */
import { Logger } from '@aws-lambda-powertools/logger'
import { SFNClient } from '@aws-sdk/client-sfn'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { s3Store } from '../store/s3.ts'
import { machineExecutions } from './executions.ts'
import type { StartSettings } from './settings.ts'
import { startRuns, type StartWorld } from './start.ts'

/** Names of variables the deployment sets. */
export const START_ENVIRONMENT = {
  /** The bucket that is the store of runs; starts are remembered below `starts/<pipeline>/`. */
  bucket: 'SIFTSTEP_BUCKET',
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
    log: new Logger({ serviceName: settings.id }),
  }
}

export function startLambda(world: StartWorld): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const start = startRuns(world)
  return async ({ Records }) => {
    const failed = await start(Records.map(({ messageId, body }) => ({ id: messageId, body })))
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }
  }
}

function variable(env: Environment, name: string): string {
  const value = env[name]
  if (value === undefined || value === '')
    throw new Error(`the function has no environment variable ${name}; deploy it with the CDK app, which sets it`)
  return value
}
