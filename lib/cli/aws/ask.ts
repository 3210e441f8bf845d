/** Sends requests to AWS and turns its errors into messages with a fix. */
import { UsageError } from '#cli/terminal/usage-error.ts'

interface KnownError {
  readonly name?: string
  readonly code?: string
  readonly message?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** `doing` describes the request: `listing the stacks`. */
export async function ask<T>(doing: string, region: string, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    const found = error as KnownError
    const known = REFUSALS.find(({ when }) => when.test(`${found.name ?? ''} ${found.code ?? ''} ${found.$metadata?.httpStatusCode ?? ''}`))
    if (known === undefined) throw error
    const { what, hint } = known.message({ doing, region, said: firstLine(found.message ?? '') })
    throw new UsageError(what, hint)
  }
}

/** Whether the error of AWS means: does not exist. */
export const isMissing = (error: unknown) => /DoesNotExist|NotFound|^ValidationError/.test((error as KnownError).name ?? '')

const firstLine = (text: string) => text.split('\n')[0] ?? ''

interface Described {
  readonly when: RegExp
  message(context: { readonly doing: string; readonly region: string; readonly said: string }): {
    readonly what: string
    readonly hint: string
  }
}

/** The first match counts. */
const REFUSALS: readonly Described[] = [
  {
    when: /CredentialsProviderError|CredentialsError|TokenProviderError/,
    message: ({ said }) => ({
      what: `no AWS credentials found (${said})`,
      hint: 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with `aws sso login`',
    }),
  },
  {
    when: /ExpiredToken|TokenRefreshRequired|RequestExpired/,
    message: () => ({ what: 'the AWS credentials have expired', hint: 'renew them, for example with `aws sso login`' }),
  },
  {
    when: /InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|InvalidAccessKeyId|IncompleteSignature|InvalidToken/,
    message: ({ said }) => ({
      what: `AWS rejected the credentials (${said})`,
      hint: 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile in AWS_PROFILE',
    }),
  },
  {
    when: /AccessDenied|UnauthorizedOperation|AuthorizationError/,
    message: ({ doing, said }) => ({
      what: `AWS denied access, ${doing}: ${said}`,
      hint: 'use credentials with this permission, or have the action allowed',
    }),
  },
  {
    when: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|TimeoutError|EHOSTUNREACH/,
    message: ({ doing, region, said }) => ({
      what: `no response from AWS in ${region}, ${doing}: ${said}`,
      hint: 'check the region, the network, and AWS_ENDPOINT_URL if it is set',
    }),
  },
  {
    when: /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/,
    message: ({ doing }) => ({ what: `AWS throttled the request, ${doing}`, hint: 'try again in a minute' }),
  },
  {
    when: /DoesNotExist|NotFound|NoSuchBucket/,
    message: ({ doing, region, said }) => ({
      what: `a part of the deployment is missing in ${region}, ${doing}: ${said}`,
      hint: 'deploy the pipeline again: siftstep deploy FILE',
    }),
  },
  {
    when: / 5\d\d$/,
    message: ({ doing, said }) => ({
      what: `AWS had an internal error, ${doing}: ${said}`,
      hint: 'try again; https://health.aws.amazon.com shows the state of each region',
    }),
  },
]
