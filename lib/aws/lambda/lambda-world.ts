/** The world of a Lambda's tasks, from its environment variables. */
import { readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReadAsset } from '#core/assets/assets.ts'
import { sharedClient } from '#io/s3/client.ts'
import { s3Store } from '#io/store/s3.ts'
import type { HandlerWorld } from '#run/tasks/handler.ts'
import { ASSETS, FUNCTION_HOST } from './artifacts.ts'
import { secretsManager } from './secrets-manager.ts'
import { entryOf } from '#core/text/record.ts'

/** Share of a function's memory for the native engine; the rest is for Node.js and for buffers. */
const SHARE = 0.6

/** Variables set by the deployment, beside those of Lambda. */
export const ENVIRONMENT = {
  /** The bucket that is the store of runs. */
  bucket: 'SIFTSTEP_BUCKET',
  /** Name of the pipeline in log lines and metrics. */
  service: 'SIFTSTEP_SERVICE',
  /** Share of the runs whose lines below WARN are logged. */
  sampling: 'SIFTSTEP_LOG_SAMPLING',
  /** Prefix of the secrets in Secrets Manager. */
  secrets: 'SIFTSTEP_SECRETS',
  /** ARNs of the topics that mail, as JSON by the addresses that subscribe. */
  topics: 'SIFTSTEP_TOPICS',
  /** How commands name this deployment: ` --on aws --env NAME`. */
  on: 'SIFTSTEP_ON',
} as const

/** Where Lambda itself keeps the code. Emulators run functions side by side, with one folder for temporary files. */
const LAMBDA_CODE = '/var/task'

/**
 * Removes what the process before left behind: a function that ended by its timeout or by a crash could not, and Lambda keeps its /tmp for
 * the next process.
 */
export function sweepScratch(env: Environment, folder: string): void {
  if (env['LAMBDA_TASK_ROOT'] !== LAMBDA_CODE) return
  for (const name of readdirSync(folder)) if (name.startsWith('siftstep-')) rmSync(join(folder, name), { recursive: true, force: true })
}

type Environment = { readonly [name: string]: string | undefined }

/** `root` is the folder of the function's code: that of the bundle. */
export function lambdaWorld(env: Environment, root = import.meta.dirname): HandlerWorld {
  sweepScratch(env, tmpdir())
  const megabytes = Number(variable(env, 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE'))
  // the client is created at start-up, not during the first task
  return {
    store: s3Store({ bucket: variable(env, ENVIRONMENT.bucket), client: sharedClient() }),
    memory: megabytes * 1_048_576 * SHARE,
    asset: assetOf(root),
    post: {
      root: `s3://${variable(env, ENVIRONMENT.bucket)}`,
      on: env[ENVIRONMENT.on] ?? ' --on aws',
      topics: JSON.parse(env[ENVIRONMENT.topics] ?? '{}') as { readonly [addresses: string]: string },
    },
    functionHost: join(root, FUNCTION_HOST),
    // set for pipelines with secrets
    secrets: secretsManager(env[ENVIRONMENT.secrets] ?? ''),
  }
}

/** The files of the pipeline, which a deployment puts beside the code. */
const assetOf =
  (root: string): ReadAsset =>
  (sha256) =>
    readFile(join(root, ASSETS, sha256)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })

export const serviceOf = (env: Environment) => variable(env, ENVIRONMENT.service)

function variable(env: Environment, name: string): string {
  const value = entryOf(env, name)
  if (value === undefined || value === '')
    throw new Error(`the function has no environment variable ${name}; deploy it with the CDK app, which sets it`)
  return value
}

/** Share of the runs whose lines below WARN are logged, 0 to 1. */
export const samplingOf = (env: Environment): number => Number(env[ENVIRONMENT.sampling] ?? 1)
