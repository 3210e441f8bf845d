/** What a Lambda's environment says of the world its tasks work in. */
import { sharedClient } from '#io/s3/client.ts'
import { s3Store } from '#io/store/s3.ts'
import type { HandlerWorld } from '#run/tasks/handler.ts'
import { secretsManager } from './secrets-manager.ts'
import { entryOf } from '#core/text/record.ts'

/** Of a function's memory, for the native engine; the rest is Node's, and that of what is being read and written. */
const SHARE = 0.6

/** Names of variables the deployment sets, beside those Lambda sets itself. */
export const ENVIRONMENT = {
  /** The bucket that is the store of runs. */
  bucket: 'SIFTSTEP_BUCKET',
  /** What log lines and metrics call the pipeline. */
  service: 'SIFTSTEP_SERVICE',
  /** What the names of secrets begin with in Secrets Manager. */
  secrets: 'SIFTSTEP_SECRETS',
} as const

type Environment = { readonly [name: string]: string | undefined }

export function lambdaWorld(env: Environment): HandlerWorld {
  const megabytes = Number(variable(env, 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE'))
  // the client is made while the function starts, not during its first task
  return {
    store: s3Store({ bucket: variable(env, ENVIRONMENT.bucket), client: sharedClient() }),
    memory: megabytes * 1_048_576 * SHARE,
    // set for pipelines that have any
    secrets: secretsManager(env[ENVIRONMENT.secrets] ?? ''),
  }
}

export const serviceOf = (env: Environment) => variable(env, ENVIRONMENT.service)

function variable(env: Environment, name: string): string {
  const value = entryOf(env, name)
  if (value === undefined || value === '')
    throw new Error(`the function has no environment variable ${name}; deploy it with the CDK app, which sets it`)
  return value
}
