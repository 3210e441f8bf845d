/** The connection to S3, from the environment: the usual variables, profiles and roles of AWS, and `AWS_ENDPOINT_URL` for an emulator. */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'

/** How often a call is made before its failure is told, the first time included; `AWS_MAX_ATTEMPTS` says otherwise. */
const ATTEMPTS = 8

export type Environment = { readonly [name: string]: string | undefined }

export function clientSettings(env: Environment): S3ClientConfig {
  // an emulator has one host name: the bucket goes into the path, and any region will do
  const endpoint = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL']
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? (endpoint === undefined ? undefined : 'us-east-1')
  return {
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(region === undefined ? {} : { region }),
    // waits longer after each attempt, with jitter, and longer still when told to slow down
    retryMode: 'standard',
    maxAttempts: attempts(env),
    // a copy or the completion of an upload may be long in coming; an idle connection is a broken one
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 120_000, throwOnRequestTimeout: true, socketTimeout: 30_000 },
  }
}

export function attempts(env: Environment): number {
  const given = Number(env['AWS_MAX_ATTEMPTS'])
  return Number.isInteger(given) && given > 0 ? given : ATTEMPTS
}

const VARIABLES = [
  'AWS_ENDPOINT_URL_S3',
  'AWS_ENDPOINT_URL',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_MAX_ATTEMPTS',
  'AWS_PROFILE',
  'AWS_ACCESS_KEY_ID',
] as const

let current: { readonly key: string; readonly client: S3Client } | undefined

/** The one client of this process; another one when the environment has changed. */
export function sharedClient(env: Environment = process.env): S3Client {
  // the version is pinned, so what later versions will need is nothing to tell a person who runs a pipeline
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const key = JSON.stringify(VARIABLES.map((name) => env[name]))
  if (current?.key !== key) current = { key, client: new S3Client(clientSettings(env)) }
  return current.client
}
