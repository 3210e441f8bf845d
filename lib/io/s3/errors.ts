/** The one translation of S3 errors to task errors: the action, the object, what is missing, and the fix. */
import { TaskError, type TaskErrorName } from '#core/errors/errors.ts'
import { foreignError, isCode } from '#core/errors/foreign-error.ts'

/** The role of a bucket in the run, which determines the task error. */
export type Role = 'source' | 'output' | 'store'

/** A call: its action, its object, and the permission it needs. */
export interface About {
  readonly role: Role
  readonly bucket: string
  /** Null for the bucket itself. */
  readonly key: string | null
  readonly doing: 'reading' | 'writing' | 'listing' | 'removing'
  /** The IAM action. */
  readonly action: `s3:${string}`
}

interface S3Error {
  readonly name?: string
  readonly message?: string
  readonly code?: string
  /** Present on some errors of S3. */
  readonly Region?: string
  readonly Endpoint?: string
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number }
  readonly $response?: { readonly headers?: { readonly [name: string]: string | undefined } }
}

export const uriOf = (bucket: string, key: string | null) => `s3://${bucket}/${key ?? ''}`

/** Translates an error of S3. A task error is returned unchanged. */
export function s3Error(error: unknown, about: About): TaskError {
  if (error instanceof TaskError) return error
  const found = (error ?? {}) as S3Error
  const what = `${about.doing} ${uriOf(about.bucket, about.key)}`
  for (const { when, describe } of KINDS) {
    if (!when(found)) continue
    const { name, message, hint } = describe(found, about)
    return new TaskError(name, `${what}: ${message}`, { cause: error, ...(hint === undefined ? {} : { hint }) })
  }
  // the message of S3 itself is only in the log
  if (statusOf(found) === undefined) return foreignError(error, what)
  return new TaskError(refusal(about), `${what}: S3 rejected the request (${codeOf(found)})`, {
    cause: error,
    hint: `see the message of S3 in the log of the task, or run aws s3api ${about.key === null ? 'head-bucket' : 'head-object'}`,
  })
}

export const nameOf = (error: unknown) => (error as S3Error).name ?? ''
export const attemptsOf = (error: unknown) => (error as S3Error).$metadata?.attempts ?? 1

const statusOf = (error: S3Error) => error.$metadata?.httpStatusCode

interface Described {
  readonly name: TaskErrorName
  readonly message: string
  readonly hint?: string
}

interface Kind {
  readonly when: (error: S3Error) => boolean
  readonly describe: (error: S3Error, about: About) => Described
}

const named =
  (...names: readonly string[]) =>
  ({ name, code }: S3Error) =>
    names.includes(name ?? '') || names.includes(code ?? '')
const status =
  (...codes: readonly number[]) =>
  (error: S3Error) =>
    codes.includes(statusOf(error) ?? 0)
const either =
  (...tests: readonly Kind['when'][]) =>
  (error: S3Error) =>
    tests.some((test) => test(error))

/** The error name for a bucket that cannot be used. */
function refusal({ role, doing }: About): TaskErrorName {
  if (role === 'store') return 'Store.Unusable'
  return role === 'output' || doing === 'writing' || doing === 'removing' ? 'Output.Unwritable' : 'Data.Unreadable'
}

const absence = (about: About): TaskErrorName => (about.role === 'source' ? 'Data.NoSources' : refusal(about))

const resourceOf = ({ bucket, key, action }: About) =>
  `arn:aws:s3:::${bucket}${key === null || action === 's3:ListBucket' ? '' : `/${key}`}`

/** The first match counts. */
const KINDS: readonly Kind[] = [
  {
    when: either(
      named('SlowDown', 'Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'TooManyRequestsException', 'RequestThrottled'),
      status(429),
    ),
    describe: (error) => ({
      name: 'Transient.Throttled',
      message: `S3 throttled the request, ${times(error)}`,
      hint: 'use fewer workers, or spread the keys over more prefixes',
    }),
  },
  {
    when: named('TimeoutError', 'RequestTimeout', 'ETIMEDOUT', 'ESOCKETTIMEDOUT'),
    describe: (error) => ({ name: 'Transient.Timeout', message: `request timed out, ${times(error)}` }),
  },
  {
    when: named('CredentialsProviderError', 'CredentialsError', 'TokenProviderError'),
    describe: (_, about) => ({
      name: refusal(about),
      message: 'no AWS credentials found',
      hint: 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with `aws sso login`',
    }),
  },
  {
    when: named('ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired'),
    describe: (_, about) => ({
      name: refusal(about),
      message: 'the credentials have expired',
      hint: 'renew them, for example with `aws sso login`, then resume the run: finished work is kept',
    }),
  },
  {
    when: named('InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'UnrecognizedClientException', 'InvalidClientTokenId'),
    describe: (error, about) => ({
      name: refusal(about),
      message: `AWS rejected the credentials (${error.name})`,
      hint: 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile in AWS_PROFILE',
    }),
  },
  {
    when: named('RequestTimeTooSkewed'),
    describe: (_, about) => ({
      name: refusal(about),
      message: "this machine's clock is wrong: AWS accepts a difference of at most 15 minutes",
      hint: 'set the clock',
    }),
  },
  {
    when: (error) => /region is missing/i.test(error.message ?? ''),
    describe: (_, about) => ({ name: refusal(about), message: 'no region is set', hint: 'set AWS_REGION to the region of the bucket' }),
  },
  {
    when: either(
      named('PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException', 'TemporaryRedirect'),
      status(301, 307),
    ),
    describe: (error, about) => {
      const region = error.Region ?? error.$response?.headers?.['x-amz-bucket-region']
      return {
        name: refusal(about),
        message: `the bucket ${about.bucket} is in ${region === undefined ? 'another region' : `the region ${region}, not in the region of the request`}`,
        hint: region === undefined ? 'set AWS_REGION to the region of the bucket' : `set AWS_REGION=${region}`,
      }
    },
  },
  {
    when: named('NoSuchBucket'),
    describe: (_, about) => ({
      name: absence(about),
      message: `no such bucket: ${about.bucket}`,
      hint: 'check the name and the AWS account',
    }),
  },
  {
    when: named('InvalidBucketName'),
    describe: (_, about) => ({
      name: absence(about),
      message: `${about.bucket} is not a valid bucket name`,
      hint: 'write s3://bucket/key',
    }),
  },
  {
    when: named('InvalidObjectState'),
    describe: (_, about) => ({
      name: refusal(about),
      message: 'the object is archived (Glacier) and must be restored before it can be read',
      hint: 'restore it first: aws s3api restore-object',
    }),
  },
  {
    when: either(named('AccessDenied', 'AllAccessDisabled', 'AccountProblem', 'Forbidden'), status(401, 403)),
    describe: (error, about) => {
      const { action, resource } = missingPermission(error, about)
      const unseen = about.doing === 'reading' && about.key !== null && action === 's3:GetObject'
      return {
        name: refusal(about),
        message: `access denied: ${action} on ${resource} is not allowed`,
        hint: `allow ${action} on ${resource}${unseen ? `, and s3:ListBucket on arn:aws:s3:::${about.bucket}: without it a missing object gives the same error` : ''}`,
      }
    },
  },
  {
    when: either(named('QuotaExceeded', 'XMinioStorageFull', 'InsufficientStorage'), status(507)),
    describe: () => ({ name: 'Output.NoSpace', message: 'no space is left in the bucket' }),
  },
  {
    when: named('NoSuchKey', 'NotFound'),
    describe: (_, about) => ({
      name: about.role === 'source' ? 'Data.NoSources' : 'Data.MissingObject',
      message: 'no such object',
    }),
  },
  {
    when: either(named('ECONNREFUSED', 'ENOTFOUND')),
    describe: (error) => ({
      name: 'Transient.Unavailable',
      message: `no response (${codeOf(error)})`,
      hint: 'check the network, AWS_REGION, and AWS_ENDPOINT_URL if set',
    }),
  },
  {
    // damaged or cut off in transfer, or a server error of S3
    when: either(
      named(
        'ECONNRESET',
        'EPIPE',
        'EAI_AGAIN',
        'EHOSTUNREACH',
        'ENETUNREACH',
        'BadDigest',
        'InvalidDigest',
        'IncompleteBody',
        'XAmzContentSHA256Mismatch',
        'OperationAborted',
        'ConditionalRequestConflict',
      ),
      (error) => (statusOf(error) ?? 0) >= 500,
      (error) => /socket hang up|aborted|premature close|terminated/i.test(error.message ?? '') && statusOf(error) === undefined,
    ),
    describe: (error) => ({
      name: 'Transient.Unavailable',
      message: `S3 returned an unexpected response, ${times(error)} (${codeOf(error)})`,
    }),
  },
]

/** AWS often names the missing permission: `… is not authorized to perform: kms:Decrypt on resource: "arn:…" because …`. */
function missingPermission({ message = '' }: S3Error, about: About): { readonly action: string; readonly resource: string } {
  const said = /not authorized to perform: (\S+?)(?: on resource: "?([^\s"]+)"?)?(?:\s|$)/.exec(message)
  return { action: said?.[1] ?? about.action, resource: said?.[2] ?? resourceOf(about) }
}

const times = (error: S3Error) => (attemptsOf(error) === 1 ? '1 attempt' : `${attemptsOf(error)} attempts`)

/** The name of an error, or its code, with the HTTP status. */
function codeOf(error: S3Error): string {
  const name = [error.code, error.name].find((one) => one !== undefined && isCode(one) && one !== 'Error')
  const status = statusOf(error)
  return [...(name === undefined ? [] : [name]), ...(status === undefined ? [] : [`status ${status}`])].join(', ') || 'no code'
}
