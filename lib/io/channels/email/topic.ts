/** Publishes a mail to a topic of Amazon SNS, which mails it to the addresses that have confirmed. Text only. */
import { TaskError } from '#core/errors/errors.ts'
import { foreignError } from '#core/errors/foreign-error.ts'
import type { Message } from '../channel.ts'

/** Source: Amazon SNS API reference, Publish: `Subject` is ASCII, at most 100 characters; a message has at most 256 KiB. */
const MAX_SUBJECT = 100
const MAX_TEXT = 250_000

const topicSubject = (subject: string): string => {
  const plain = subject
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return plain.length <= MAX_SUBJECT ? plain : `${plain.slice(0, MAX_SUBJECT - 3)}...`
}

/** Throws Transient.* or Output.Unwritable. */
export async function publishToTopic({ subject, text }: Message, topic: string, to: readonly string[]): Promise<void> {
  const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns')
  const client = new SNSClient({})
  try {
    const whole = text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}\n… (shortened)`
    await client.send(new PublishCommand({ TopicArn: topic, Subject: topicSubject(subject), Message: whole }))
  } catch (error) {
    throw topicError(error, `mailing ${to.join(', ')} by the topic ${topic.split(':').at(-1)}`)
  } finally {
    client.destroy()
  }
}

function topicError(error: unknown, doing: string): TaskError {
  const { name = '', $metadata } = (error ?? {}) as { readonly name?: string; readonly $metadata?: { readonly httpStatusCode?: number } }
  if (name === 'AuthorizationErrorException' || name === 'AuthorizationError')
    return new TaskError('Output.Unwritable', `${doing}: the function may not publish to it`, {
      cause: error,
      hint: 'deploy the pipeline again',
    })
  if (name === 'NotFoundException' || name === 'NotFound')
    return new TaskError('Output.Unwritable', `${doing}: there is no such topic`, { cause: error, hint: 'deploy the pipeline again' })
  const status = $metadata?.httpStatusCode
  if (status === undefined) return foreignError(error, doing)
  const kind = status === 429 || status >= 500 || name.startsWith('Throttl') ? 'Transient.Unavailable' : 'Output.Unwritable'
  return new TaskError(kind, `${doing}: Amazon SNS answered ${status}`, { cause: error })
}
