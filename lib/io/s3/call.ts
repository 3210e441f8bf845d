/** One call to S3: counts its retries and translates its errors. */
import type { S3Client } from '@aws-sdk/client-s3'
import { countRetries } from '#core/task/metrics.ts'
import { type About, attemptsOf, nameOf, type Role, s3Error } from './errors.ts'

/** A bucket, its role in the run, and its client. */
export interface Bucket {
  readonly client: S3Client
  readonly name: string
  readonly role: Role
}

type Answer = { readonly $metadata: { readonly attempts?: number | undefined } }

export interface Refused<Name> {
  readonly refused: Name
  readonly attempts: number
}

/** The response of S3; throws a task error. */
export async function call<T extends Answer>(about: About, work: () => Promise<T>): Promise<T> {
  return (await callExpecting(about, [], work)) as T
}

/** Like `call`, but an expected error is returned as a response. */
export async function callExpecting<T extends Answer, const Name extends string>(
  about: About,
  expected: readonly Name[],
  work: () => Promise<T>,
): Promise<T | Refused<Name>> {
  try {
    const answer = await work()
    countRetries((answer.$metadata.attempts ?? 1) - 1)
    return answer
  } catch (error) {
    const attempts = attemptsOf(error)
    countRetries(attempts - 1)
    const refused = expected.find((name) => name === nameOf(error))
    if (refused !== undefined) return { refused, attempts }
    throw s3Error(error, about)
  }
}

export const about = ({ name, role }: Bucket, key: string | null, doing: About['doing'], action: About['action']): About => ({
  bucket: name,
  role,
  key,
  doing,
  action,
})
