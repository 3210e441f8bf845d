/** Secrets of AWS Secrets Manager, read by the tasks that use them. */
import { TaskError } from '#core/errors/errors.ts'
import { foreignError, isCode, networkError } from '#core/errors/foreign-error.ts'
import type { Secrets } from '#core/secrets/secrets.ts'

/** Reads `PREFIX` + name, without a cache, so that a rotated secret is never stale. */
export const secretsManager =
  (prefix: string): Secrets =>
  async (name) => {
    const id = `${prefix}${name}`
    // loaded only here: most pipelines have no secret
    const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
    const client = new SecretsManagerClient({})
    try {
      const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: id }))
      if (text !== undefined && text !== '') return text
    } catch (error) {
      throw secretError(error, id)
    } finally {
      client.destroy()
    }
    throw new TaskError('Definition.MissingSecret', `the secret ${id} holds no text`, { hint: 'put its value as text, not as bytes' })
  }

interface AwsError {
  readonly name?: string
  readonly message?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** Errors of Secrets Manager in our own words: its texts can quote their input, so they stay in the log. */
function secretError(error: unknown, id: string): TaskError {
  const { name = '', message = '', $metadata } = (error ?? {}) as AwsError
  const status = $metadata?.httpStatusCode
  const reading = `reading the secret ${id}`
  const missing = (what: string, hint: string) => new TaskError('Definition.MissingSecret', what, { cause: error, hint })
  switch (name) {
    case 'ResourceNotFoundException':
      return missing(
        `Secrets Manager has no secret ${id} in this account and region`,
        `aws secretsmanager create-secret --name ${id} --secret-string …`,
      )
    case 'AccessDeniedException':
      return missing(
        `the function may not read the secret ${id}: ${deniedAction(message)} is not allowed`,
        'deploy the pipeline again; a secret encrypted with a key of your own needs kms:Decrypt for the role of the function',
      )
    case 'DecryptionFailure':
      return missing(
        `${reading}: Secrets Manager cannot decrypt it`,
        'enable the KMS key of the secret, and allow kms:Decrypt for the role of the function',
      )
    case 'InvalidRequestException':
      return missing(
        `${reading}: the secret cannot be read in its current state, for example because it is marked for deletion`,
        `aws secretsmanager describe-secret --secret-id ${id} shows why; restore-secret cancels a deletion`,
      )
    case 'InvalidParameterException':
      return missing(`${reading}: Secrets Manager rejected the name ${id}`, 'use letters, digits and the signs /_+=.@- in the name')
    case 'ThrottlingException':
      return new TaskError('Transient.Throttled', `${reading}: Secrets Manager throttled the request`, { cause: error })
    case 'TimeoutError':
      return new TaskError('Transient.Timeout', `${reading}: Secrets Manager did not answer in time`, { cause: error })
    case 'CredentialsProviderError':
      return missing(`${reading}: no AWS credentials found`, 'give the function a role, as deploy does')
  }
  if (status === undefined) return networkOrUnknown(error, reading)
  const answer = `(${[...(isCode(name) ? [name] : []), status].join(', ')})`
  if (status < 500)
    return missing(
      `${reading}: Secrets Manager rejected the request ${answer}`,
      `aws secretsmanager get-secret-value --secret-id ${id} shows why`,
    )
  return new TaskError('Transient.Unavailable', `${reading}: unexpected response from Secrets Manager ${answer}`, { cause: error })
}

/** The denied IAM action, which AWS names in a fixed form. */
const deniedAction = (message: string) =>
  /not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1] ?? 'secretsmanager:GetSecretValue'

/** No response at all: the network error has a code; anything else is unexpected. */
function networkOrUnknown(error: unknown, reading: string): TaskError {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  if (typeof code !== 'string') return foreignError(error, reading)
  return networkError(
    error,
    reading,
    0,
    'check that the function can reach Secrets Manager: a VPC needs an endpoint for it, or a NAT gateway',
  )
}
