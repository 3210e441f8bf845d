/** Secrets of AWS Secrets Manager, read by the task that needs them. */
import { TaskError } from '../runtime/errors.ts'
import type { Secrets } from '../runtime/secrets.ts'

/** Reads `PREFIX` + name, each time anew, so that one that was rotated is never stale. */
export const secretsManager =
  (prefix: string): Secrets =>
  async (name) => {
    const id = `${prefix}${name}`
    // only here: most pipelines have no secret
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

function secretError(error: unknown, id: string): TaskError {
  const { name, message, $metadata } = error as { name?: string; message?: string; $metadata?: { httpStatusCode?: number } }
  if (name === 'ResourceNotFoundException')
    return new TaskError('Definition.MissingSecret', `Secrets Manager has no secret ${id} in this account and region`, {
      cause: error,
      hint: `aws secretsmanager create-secret --name ${id} --secret-string …`,
    })
  if (name === 'AccessDeniedException')
    return new TaskError('Definition.MissingSecret', `the function may not read the secret ${id}: ${message}`, {
      cause: error,
      hint: 'deploy the pipeline again; a secret encrypted with a key of your own needs kms:Decrypt for the role of the function',
    })
  if (name === 'ThrottlingException')
    return new TaskError('Transient.Throttled', `reading the secret ${id}: Secrets Manager asked us to slow down`, { cause: error })
  const status = $metadata?.httpStatusCode
  if (status !== undefined && status < 500)
    return new TaskError('Definition.MissingSecret', `reading the secret ${id}: Secrets Manager refused it (${name}): ${message}`, {
      cause: error,
    })
  return new TaskError('Transient.Unavailable', `reading the secret ${id}: ${message ?? String(error)}`, { cause: error })
}
