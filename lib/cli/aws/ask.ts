/** Asking AWS something, and its refusals in a sentence each, with the mend. */
import { UsageError } from '#cli/terminal/usage-error.ts'

interface KnownError {
  readonly name?: string
  readonly code?: string
  readonly message?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** `doing` says what was tried: `listing the stacks`. */
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

/** Whether AWS said that there is no such thing. */
export const isMissing = (error: unknown) => /DoesNotExist|NotFound|^ValidationError/.test((error as KnownError).name ?? '')

const firstLine = (text: string) => text.split('\n')[0] ?? ''

interface Described {
  readonly when: RegExp
  message(context: { readonly doing: string; readonly region: string; readonly said: string }): {
    readonly what: string
    readonly hint: string
  }
}

/** The first that fits counts. */
const REFUSALS: readonly Described[] = [
  {
    when: /CredentialsProviderError|CredentialsError|TokenProviderError/,
    message: ({ said }) => ({
      what: `no credentials for AWS were found (${said})`,
      hint: 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with `aws sso login`',
    }),
  },
  {
    when: /ExpiredToken|TokenRefreshRequired|RequestExpired/,
    message: () => ({ what: 'the credentials for AWS have expired', hint: 'get new ones, as with `aws sso login`' }),
  },
  {
    when: /InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|InvalidAccessKeyId|IncompleteSignature|InvalidToken/,
    message: ({ said }) => ({
      what: `AWS does not accept the credentials (${said})`,
      hint: 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile AWS_PROFILE names',
    }),
  },
  {
    when: /AccessDenied|UnauthorizedOperation|AuthorizationError/,
    message: ({ doing, said }) => ({
      what: `AWS does not allow it, ${doing}: ${said}`,
      hint: 'use credentials that may, or have the action named there allowed',
    }),
  },
  {
    when: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|TimeoutError|EHOSTUNREACH/,
    message: ({ doing, region, said }) => ({
      what: `there is no answer from AWS in ${region}, ${doing}: ${said}`,
      hint: 'check the region, the network, and AWS_ENDPOINT_URL if it is set',
    }),
  },
  {
    when: /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/,
    message: ({ doing }) => ({ what: `AWS asked us to slow down, ${doing}`, hint: 'try again in a minute' }),
  },
  {
    when: / 5\d\d$/,
    message: ({ doing, said }) => ({
      what: `AWS had a fault of its own, ${doing}: ${said}`,
      hint: 'try again; https://health.aws.amazon.com tells of troubles of a region',
    }),
  },
]
