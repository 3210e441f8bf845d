/** Errors of the AWS Glue Data Catalog as task errors: what was done, what is missing, and the fix. Its own text is in the log only. */
import { TaskError, type TaskErrorName } from '#core/errors/errors.ts'
import { foreignError } from '#core/errors/foreign-error.ts'

interface GlueError {
  readonly name?: string
  readonly code?: string
  readonly message?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

interface About {
  readonly doing: string
  readonly action: string
  readonly of: string
}

/** `doing`: what failed. `action` and `of` are the permission it needs and the end of the ARN. */
export function glueError(error: unknown, { doing, action, of }: About): TaskError {
  const found = (error ?? {}) as GlueError
  const status = found.$metadata?.httpStatusCode
  const named = `${found.name ?? ''} ${found.code ?? ''} ${found.message === 'Region is missing' ? 'RegionMissing' : ''}`
  const kind = KINDS.find(({ when }) => when.test(named)) ?? (status !== undefined && status >= 500 ? BROKEN : undefined)
  const what = `${doing} in the Glue catalog`
  if (kind !== undefined)
    return new TaskError(kind.name, `${what}: ${kind.message.replace('{action}', action).replace('{of}', of)}`, {
      cause: error,
      hint: kind.hint.replaceAll('{action}', action).replaceAll('{of}', of),
    })
  if (status === undefined) return foreignError(error, what)
  return new TaskError('Output.Unwritable', `${what}: AWS Glue rejected the request (${found.name ?? 'no name'}, status ${status})`, {
    cause: error,
    hint: 'see the message of AWS Glue in the log of the task',
  })
}

interface Kind {
  readonly when: RegExp
  readonly name: TaskErrorName
  readonly message: string
  readonly hint: string
}

const BROKEN: Kind = {
  when: /InternalService|OperationTimeout|ECONNRESET|EPIPE|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/,
  name: 'Transient.Unavailable',
  message: 'AWS Glue did not answer as it should',
  hint: 'resume the run: finished work is kept',
}

/** The first match counts. */
const KINDS: readonly Kind[] = [
  {
    when: /Throttling|TooManyRequests|RequestLimitExceeded/,
    name: 'Transient.Throttled',
    message: 'AWS Glue throttled the request',
    hint: 'resume the run: finished work is kept',
  },
  {
    when: /TimeoutError|ETIMEDOUT/,
    name: 'Transient.Timeout',
    message: 'the request timed out',
    hint: 'check the network; in a VPC without internet AWS Glue needs an endpoint',
  },
  {
    when: /CredentialsProviderError|CredentialsError|TokenProviderError/,
    name: 'Output.Unwritable',
    message: 'no AWS credentials found',
    hint: 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with `aws sso login`',
  },
  {
    when: /ExpiredToken/,
    name: 'Output.Unwritable',
    message: 'the credentials have expired',
    hint: 'renew them, for example with `aws sso login`, then resume the run: finished work is kept',
  },
  {
    when: /UnrecognizedClient|InvalidSignature|InvalidClientTokenId|SignatureDoesNotMatch|IncompleteSignature/,
    name: 'Output.Unwritable',
    message: 'AWS rejected the credentials',
    hint: 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile in AWS_PROFILE',
  },
  { when: /RegionMissing/, name: 'Output.Unwritable', message: 'no region is set', hint: 'set AWS_REGION to the region of the catalog' },
  {
    when: /AccessDenied/,
    name: 'Output.Unwritable',
    message: 'access denied: {action} on {of} is not allowed',
    hint: 'allow {action} on arn:aws:glue:REGION:ACCOUNT:{of}; if AWS Lake Formation governs the database, grant it there, too',
  },
  {
    when: /ResourceNumberLimitExceeded/,
    name: 'Output.Unwritable',
    message: 'a quota of AWS Glue is reached',
    hint: 'remove tables, or have the quota raised',
  },
  {
    when: /ECONNREFUSED|ENOTFOUND/,
    name: 'Transient.Unavailable',
    message: 'no response',
    hint: 'check the network, AWS_REGION, and AWS_ENDPOINT_URL if set',
  },
  BROKEN,
]
