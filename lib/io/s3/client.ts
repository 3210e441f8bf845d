/**
 * The connection to S3, from the environment: the standard variables, profiles and roles of AWS, and `AWS_ENDPOINT_URL` for an emulator.
 */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'

/** The maximum number of attempts for a call, including the first; `AWS_MAX_ATTEMPTS` overrides it. */
const ATTEMPTS = 8

export type Environment = { readonly [name: string]: string | undefined }

export function clientSettings(env: Environment): S3ClientConfig {
  // an emulator has one host name: the bucket goes into the path, and any region works
  const endpoint = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL']
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? (endpoint === undefined ? undefined : 'us-east-1')
  return {
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(region === undefined ? {} : { region }),
    // waits longer after each attempt, with jitter, and even longer when throttled
    retryMode: 'standard',
    maxAttempts: attempts(env),
    // a copy or the completion of an upload may respond late; an idle connection is broken
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

/** The one client of this process; recreated when the environment changes. */
export function sharedClient(env: Environment = process.env): S3Client {
  // the SDK version is pinned, so its warning about later versions is of no use to a person who runs a pipeline
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const key = JSON.stringify(VARIABLES.map((name) => env[name]))
  if (current?.key !== key) current = { key, client: new S3Client(clientSettings(env)) }
  return current.client
}
