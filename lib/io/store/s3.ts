/** A store in an S3 bucket. Files for native code are in a scratch folder until they are published. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { createFile } from '#io/bytes/file.ts'
import { systemError } from '#core/errors/system-error.ts'
import { about, type Bucket, callExpecting } from '#io/s3/call.ts'
import { sharedClient } from '#io/s3/client.ts'
import { uriOf } from '#io/s3/errors.ts'
import { getObject, type ObjectBody, wholeOf } from '#io/s3/get.ts'
import { listObjects, removeObject } from '#io/s3/list.ts'
import { putBytes, putFile, putIf } from '#io/s3/put.ts'
import { objectSource } from '#io/s3/source.ts'
import { checkKey, inKeyOrder, missingObject } from './key.ts'
import type { Store } from './store.ts'

export interface S3StoreOptions {
  readonly bucket: string
  /** The prefix of every key in the bucket, with or without the last slash (default: none). */
  readonly prefix?: string | undefined
  /** The client (default: from the environment, see `s3/client.ts`). */
  readonly client?: S3Client | undefined
  /** The parent of scratch folders (default: the system's temporary folder). */
  readonly scratch?: string | undefined
}

/** Opens the store. S3 is not called before something is read or written. */
export function s3Store({ bucket: name, prefix = '', client, scratch = tmpdir() }: S3StoreOptions): Store {
  const base = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
  const bucketNow = (): Bucket => ({ client: client ?? sharedClient(), name, role: 'store' })
  const objectKey = (key: string) => `${base}${checkKey(key)}`

  async function folder(): Promise<{ readonly path: string; clear(): Promise<void> }> {
    const path = await mkdtemp(join(scratch, 'siftstep-store-')).catch((error: unknown) => {
      throw systemError(error, `writing ${scratch}`)
    })
    return { path: join(path, 'object'), clear: () => rm(path, { recursive: true, force: true }) }
  }

  return {
    async read(key) {
      const body = await getObject(bucketNow(), objectKey(key))
      return body === undefined ? undefined : wholeOf(body)
    },
    write: (key, bytes) => putBytes(bucketNow(), objectKey(key), bytesOf(bytes)),
    create: (key, bytes) => createObject(bucketNow(), objectKey(key), bytesOf(bytes)),
    async list(start) {
      const { objects } = await listObjects(bucketNow(), `${base}${start}`)
      const found = objects.map(({ key, bytes }) => ({ key: key.slice(base.length), bytes }))
      // S3 orders by UTF-8, the other stores by UTF-16; they differ beyond the basic plane
      return found.sort((a, b) => inKeyOrder(a.key, b.key))
    },
    remove: (key) => removeObject(bucketNow(), objectKey(key)),
    async open(key) {
      const source = await objectSource(bucketNow(), objectKey(key))
      if (source === undefined) throw missingObject(key)
      return source
    },
    address: (key) => uriOf(name, objectKey(key)),
    async openLocal(key) {
      const body = await getObject(bucketNow(), objectKey(key))
      if (body === undefined) throw missingObject(key)
      const { path, clear } = await folder()
      try {
        await download(body, path)
      } catch (error) {
        await clear()
        throw error
      }
      return { path, release: clear }
    },
    async createLocal(key) {
      const target = objectKey(key)
      const { path, clear } = await folder()
      return {
        path,
        publish: async () => {
          await putFile(bucketNow(), target, path)
          await clear()
        },
        discard: clear,
      }
    },
  }
}

const bytesOf = (bytes: Uint8Array | string) => (typeof bytes === 'string' ? Buffer.from(bytes) : bytes)

async function download({ parts }: ObjectBody, path: string): Promise<void> {
  const sink = await createFile(path)
  try {
    for await (const part of parts) await sink.write(part)
  } finally {
    await sink.close()
  }
}

/** Identifies the writer of an object: a call whose response is lost is repeated, and must recognise its own object. */
const WRITER = 'siftstep-writer'

async function createObject(bucket: Bucket, key: string, bytes: Uint8Array): Promise<boolean> {
  const writer = randomUUID()
  const { done, attempts } = await putIf(bucket, key, bytes, { IfNoneMatch: '*' }, { [WRITER]: writer })
  if (done || attempts === 1) return done
  const reading = about(bucket, key, 'reading', 's3:GetObject')
  const head = await callExpecting(reading, ['NotFound'], () =>
    bucket.client.send(new HeadObjectCommand({ Bucket: bucket.name, Key: key })),
  )
  return 'Metadata' in head && head.Metadata?.[WRITER] === writer
}
