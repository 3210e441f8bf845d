/** Writes objects: small ones in one call, large ones in parts. Memory is limited by the number of parts in progress. */
import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { inParallel } from '#core/task/in-parallel.ts'
import { systemError } from '#core/errors/system-error.ts'
import { TaskError } from '#core/errors/errors.ts'
import { countRetries } from '#core/task/metrics.ts'
import { about, type Bucket, call, callExpecting } from './call.ts'
import { attempts } from './client.ts'
import { uriOf } from './errors.ts'
import { objectFacts } from './get.ts'

const PART_BYTES = 1 << 23
/** The maximum number of parts in S3 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
const MAX_PARTS = 10_000
/** How many parts are uploaded at a time. */
const PARALLEL = 3
/** The maximum size that S3 copies in one call. */
export const MAX_COPIED = 5 * 1024 ** 3

/** Metadata of an object, by name. Replacing an object also replaces its metadata. */
export type Metadata = Record<string, string>

/** The content of an upload. */
interface Content {
  readonly size: number
  read(start: number, end: number): Promise<Uint8Array>
}

/** Replaces the object; a reader sees the old bytes or the new ones. */
export const putBytes = (bucket: Bucket, key: string, bytes: Uint8Array): Promise<void> =>
  upload(bucket, key, { size: bytes.length, read: async (start, end) => bytes.subarray(start, end) })

/** Like `putBytes`, with the bytes of a local file. */
export async function putFile(bucket: Bucket, key: string, path: string, metadata: Metadata = {}): Promise<void> {
  const failed = (error: unknown) => {
    throw systemError(error, `reading ${path}`)
  }
  const file = await open(path, 'r').catch(failed)
  try {
    const { size } = await file.stat()
    const content: Content = {
      size,
      read: async (start, end) => {
        const bytes = new Uint8Array(end - start)
        for (let done = 0; done < bytes.length; ) {
          const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done).catch(failed)
          if (bytesRead === 0) throw new Error(`${path} became shorter while it was uploaded`)
          done += bytesRead
        }
        return bytes
      },
    }
    await upload(bucket, key, content, metadata)
  } finally {
    await file.close()
  }
}

async function upload(bucket: Bucket, key: string, content: Content, metadata: Metadata = {}): Promise<void> {
  if (content.size <= PART_BYTES) {
    await putIf(bucket, key, await content.read(0, content.size), {}, metadata)
    return
  }
  const { client, name } = bucket
  const writing = about(bucket, key, 'writing', 's3:PutObject')
  const object = { Bucket: name, Key: key }
  const begun = await call(writing, () => client.send(new CreateMultipartUploadCommand({ ...object, Metadata: metadata })))
  const id = { ...object, UploadId: begun.UploadId }
  const size = Math.max(PART_BYTES, Math.ceil(content.size / MAX_PARTS))
  const numbers = Array.from({ length: Math.ceil(content.size / size) }, (_, at) => at + 1)
  try {
    const parts = await inParallel(numbers, PARALLEL, async (number): Promise<CompletedPart> => {
      const Body = await content.read((number - 1) * size, Math.min(content.size, number * size))
      const answer = await call(writing, () => client.send(new UploadPartCommand({ ...id, PartNumber: number, Body })))
      return { PartNumber: number, ETag: answer.ETag, ChecksumCRC32: answer.ChecksumCRC32 }
    })
    const done = await callExpecting(writing, ['NoSuchUpload'], () =>
      client.send(new CompleteMultipartUploadCommand({ ...id, MultipartUpload: { Parts: parts } })),
    )
    if ('refused' in done) await assertComplete(bucket, key, content.size, parts.length)
  } catch (error) {
    // uploaded parts would stay there invisibly, and cost money
    await client.send(new AbortMultipartUploadCommand(id)).catch(() => {})
    throw error
  }
}

/** An unknown upload was either completed, with the response lost, or removed by someone. */
async function assertComplete(bucket: Bucket, key: string, size: number, parts: number): Promise<void> {
  const facts = await objectFacts(bucket, key)
  if (facts?.size === size && facts.etag.replaceAll('"', '').endsWith(`-${parts}`)) return
  throw new Error(`the upload of s3://${bucket.name}/${key} was removed before it was complete`)
}

/** The precondition of a write: none, no existing object, or an object with this etag. */
export type Condition = { readonly IfNoneMatch?: '*'; readonly IfMatch?: string }

/** Writes the object if the condition holds. Returns whether it did, and the number of attempts. */
export async function putIf(
  bucket: Bucket,
  key: string,
  bytes: Uint8Array,
  condition: Condition,
  metadata: Metadata = {},
): Promise<{ readonly done: boolean; readonly attempts: number }> {
  const writing = about(bucket, key, 'writing', 's3:PutObject')
  const input = { Bucket: bucket.name, Key: key, Body: bytes, Metadata: metadata, ...condition }
  // a missing object fails the condition like a different one
  const expected = ['PreconditionFailed', 'ConditionalRequestConflict', ...(condition.IfMatch === undefined ? [] : ['NoSuchKey'])]
  for (let asked = 1; ; asked++) {
    const answer = await callExpecting(writing, expected, () => bucket.client.send(new PutObjectCommand(input)))
    if (!('refused' in answer)) return { done: true, attempts: answer.$metadata.attempts ?? 1 }
    if (answer.refused !== 'ConditionalRequestConflict') return { done: false, attempts: answer.attempts }
    // another writer was active at the same moment: a retry shows who came first
    if (asked === attempts(process.env))
      throw new TaskError('Transient.Unavailable', `writing ${uriOf(bucket.name, key)}: other writers kept writing to it at the same time`)
    countRetries(1)
    await sleep(Math.random() * 50 * 2 ** asked)
  }
}

/** Copies an object of at most MAX_COPIED bytes within S3; the copy gets its own metadata. */
export async function copyObject(
  bucket: Bucket,
  key: string,
  from: { readonly bucket: string; readonly key: string },
  metadata: Metadata,
): Promise<void> {
  const source = [from.bucket, ...from.key.split('/')].map(encodeURIComponent).join('/')
  await call(about(bucket, key, 'writing', 's3:PutObject'), () =>
    bucket.client.send(
      new CopyObjectCommand({ Bucket: bucket.name, Key: key, CopySource: source, MetadataDirective: 'REPLACE', Metadata: metadata }),
    ),
  )
}
