/** Reads objects. If a body breaks off, reading resumes at that byte, and only if the content is unchanged. */
import { setTimeout as sleep } from 'node:timers/promises'
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { TaskError } from '#core/errors/errors.ts'
import { countRetries } from '#core/task/metrics.ts'
import { about, type Bucket, callExpecting } from './call.ts'
import { attempts } from './client.ts'
import { s3Error, uriOf } from './errors.ts'

export interface ObjectFacts {
  readonly size: number
  /** Changes with the content. */
  readonly etag: string
}

export interface KnownObject extends ObjectFacts {
  /** Metadata written with the object, by name. */
  readonly metadata: { readonly [name: string]: string }
}

export interface ObjectBody extends ObjectFacts {
  /** The requested bytes as they arrive: all of them, or a task error. */
  readonly parts: AsyncIterable<Uint8Array>
}

export interface Wanted {
  readonly start: number
  readonly end: number
}

/**
 * Size, etag and metadata; undefined if the object does not exist. Requests one byte, because a HEAD response does not contain the reason
 * of an error.
 */
export async function objectFacts(bucket: Bucket, key: string): Promise<KnownObject | undefined> {
  const input = { Bucket: bucket.name, Key: key }
  const reading = about(bucket, key, 'reading', 's3:GetObject')
  const answer = await callExpecting(reading, ['NoSuchKey', 'InvalidRange'], () =>
    bucket.client.send(new GetObjectCommand({ ...input, Range: 'bytes=0-0' })),
  )
  if ('refused' in answer) {
    if (answer.refused === 'NoSuchKey') return undefined
    // an empty object has no first byte
    const head = await callExpecting(reading, ['NotFound'], () => bucket.client.send(new HeadObjectCommand(input)))
    return 'refused' in head ? undefined : { size: head.ContentLength ?? 0, etag: head.ETag ?? '', metadata: head.Metadata ?? {} }
  }
  drain(answer.Body)
  const whole = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1]
  const size = whole === undefined ? (answer.ContentLength ?? 0) : Number(whole)
  return { size, etag: answer.ETag ?? '', metadata: answer.Metadata ?? {} }
}

/**
 * The object, or a non-empty range of it; undefined if it does not exist. With an etag, throws Data.SourceChanged if the object now has
 * another one.
 */
export async function getObject(bucket: Bucket, key: string, range?: Wanted, etag?: string): Promise<ObjectBody | undefined> {
  const first = await request(bucket, key, range, etag)
  if (first === undefined) return undefined
  const tag = etag ?? first.ETag ?? ''
  const wanted = range ?? { start: 0, end: first.ContentLength ?? 0 }
  return { size: wanted.end - wanted.start, etag: tag, parts: parseCause(bucket, key, wanted, tag, first) }
}

type Response = Exclude<Awaited<ReturnType<typeof request>>, undefined>

async function request(bucket: Bucket, key: string, range: Wanted | undefined, etag: string | undefined) {
  const input = {
    Bucket: bucket.name,
    Key: key,
    ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }),
    ...(etag === undefined ? {} : { IfMatch: etag }),
  }
  const answer = await callExpecting(
    about(bucket, key, 'reading', 's3:GetObject'),
    ['NoSuchKey', 'PreconditionFailed', 'InvalidRange'],
    () => bucket.client.send(new GetObjectCommand(input)),
  )
  if (!('refused' in answer)) return answer
  if (answer.refused === 'NoSuchKey') return undefined
  throw objectChanged(bucket, key)
}

async function* parseCause(bucket: Bucket, key: string, { start, end }: Wanted, etag: string, first: Response): AsyncGenerator<Uint8Array> {
  const most = attempts(process.env)
  let at = start
  let answer: Response | undefined = first
  for (let failed = 0; ; ) {
    const began = at
    let cause: unknown
    try {
      for await (const part of answer.Body as AsyncIterable<Uint8Array>) {
        at += part.length
        if (at > end) throw new Error(`${uriOf(bucket.name, key)} gave more bytes than were asked for`)
        yield part
      }
    } catch (error) {
      cause = error
    }
    if (at === end) return
    // the bytes received are kept, and retrying continues as long as some arrive
    failed = at > began ? 1 : failed + 1
    if (failed >= most || at > end) throw broken(bucket, key, at, end, failed, cause)
    countRetries(1)
    await sleep(Math.random() * Math.min(5_000, 50 * 2 ** failed))
    answer = await request(bucket, key, { start: at, end }, etag)
    if (answer === undefined) throw objectGone(bucket, key)
  }
}

/** The bytes of a whole object in one buffer. */
export async function wholeOf({ size, parts }: ObjectBody): Promise<Uint8Array> {
  const all = new Uint8Array(size)
  let at = 0
  for await (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Discards an unused response body. */
function drain(body: unknown): void {
  const stream = body as { resume?(): void; on?(event: 'error', ignore: () => void): void } | undefined
  stream?.on?.('error', () => {})
  stream?.resume?.()
}

const broken = (bucket: Bucket, key: string, at: number, end: number, times: number, cause: unknown) =>
  cause !== undefined && at > end
    ? s3Error(cause, about(bucket, key, 'reading', 's3:GetObject'))
    : new TaskError(
        'Transient.Unavailable',
        `reading ${uriOf(bucket.name, key)}: the response ended early at byte ${at} of ${end}, ${times} times in a row`,
        { cause },
      )

const objectChanged = (bucket: Bucket, key: string) =>
  new TaskError('Data.SourceChanged', `${uriOf(bucket.name, key)} was changed while the run was reading it`, {
    hint: 'run again when no program writes to it, or read a copy',
  })

export const objectGone = (bucket: Bucket, key: string) =>
  new TaskError(
    bucket.role === 'source' ? 'Data.NoSources' : 'Data.MissingObject',
    `${uriOf(bucket.name, key)} was removed while the run was reading it`,
    {
      hint: 'restore it, and run again when no program writes there',
    },
  )
