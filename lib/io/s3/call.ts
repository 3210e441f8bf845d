/** One call to S3: its retries are counted, its errors translated. */
import type { S3Client } from '@aws-sdk/client-s3'
import { countRetries } from '#core/task/retries.ts'
import { type About, attemptsOf, nameOf, type Role, s3Error } from './errors.ts'

/** A bucket, what it is to the run, and the client to reach it by. */
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

/** S3's answer, or a task error. */
export async function call<T extends Answer>(about: About, work: () => Promise<T>): Promise<T> {
  return (await callExpecting(about, [], work)) as T
}

/** The same, but an error whose name is expected is an answer, too. */
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
